using Xunit.Abstractions;
using Xunit.Sdk;

namespace OrderInventory.System.Tests.Browser;

/// <summary>A test that is left out on machines without Chromium and Node.js; <c>dotnet test</c> says so at its end.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("OrderInventory.System.Tests.Browser.BrowserFactDiscoverer", "system.tests")]
public sealed class BrowserFactAttribute : FactAttribute;

/// <summary>Finds the case of a <see cref="BrowserFactAttribute"/>.</summary>
public sealed class BrowserFactDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        NodePackage.IsNodeHere && Chromium.Path is not null ? new FactDiscoverer(messages).Discover(discoveryOptions, testMethod, factAttribute) : [];
}
