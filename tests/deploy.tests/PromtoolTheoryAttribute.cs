using Xunit.Abstractions;
using Xunit.Sdk;

namespace OrderInventory.Deploy.Tests;

/// <summary>A theory that is left out on machines without promtool; <c>dotnet test</c> says so at its end.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("OrderInventory.Deploy.Tests.PromtoolTheoryDiscoverer", "deploy.tests")]
public sealed class PromtoolTheoryAttribute : TheoryAttribute;

/// <summary>Finds the cases of a <see cref="PromtoolTheoryAttribute"/>.</summary>
public sealed class PromtoolTheoryDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    private static readonly bool IsHere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "promtool")));

    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        IsHere ? new TheoryDiscoverer(messages).Discover(discoveryOptions, testMethod, factAttribute) : [];
}
