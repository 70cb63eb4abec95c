using Xunit.Abstractions;
using Xunit.Sdk;

namespace DaprLocal.Tests.PubSub;

/// <summary>A theory that is left out where OI_KAFKA names no Kafka; <c>dotnet test</c> says so at its end.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("DaprLocal.Tests.PubSub.KafkaTheoryDiscoverer", "dapr-local.tests")]
public sealed class KafkaTheoryAttribute : TheoryAttribute;

/// <summary>Finds the cases of a <see cref="KafkaTheoryAttribute"/>.</summary>
public sealed class KafkaTheoryDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        TestBroker.Kafka is null ? [] : new TheoryDiscoverer(messages).Discover(discoveryOptions, testMethod, factAttribute);
}
