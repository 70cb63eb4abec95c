using Xunit.Abstractions;
using Xunit.Sdk;

namespace OrderInventory.System.Tests;

/// <summary>A theory that is left out on machines without Node.js; <c>dotnet test</c> says so at its end.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("OrderInventory.System.Tests.NodeTheoryDiscoverer", "system.tests")]
public sealed class NodeTheoryAttribute : TheoryAttribute;

/// <summary>Finds the cases of a <see cref="NodeTheoryAttribute"/>.</summary>
public sealed class NodeTheoryDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        NodePackage.IsNodeHere ? new TheoryDiscoverer(messages).Discover(discoveryOptions, testMethod, factAttribute) : [];
}
