using Confluent.Kafka;
using DaprLocal.Config;
using DaprLocal.Hosting;
using DaprLocal.PubSub;
using DaprLocal.Sidecars;
using DaprLocal.Tests.Api;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Config;

/// <summary>The folders below <c>components</c>: every setting in them is understood, and none is without effect.</summary>
public sealed class ShippedProfileTests
{
    private static readonly string[] Folders = [.. Directory.GetDirectories(Path.Combine(Repository.Root, "components")).Select(folder => Path.GetFileName(folder)).Order()];

    public static TheoryData<string> Profiles { get; } = [.. Folders];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Read_Profile_TakesEverySettingAndRetriesBothWays(string profile)
    {
        var set = Read(profile);

        foreach (var app in new[] { "order-app", "inventory-app" })
        {
            var (components, resiliency) = set.For(app);
            Assert.Equal(["pubsub", "statestore"], components.Select(component => component.Name).Order());
            Assert.Equal((true, -1), (resiliency.Inbound["pubsub"].Retry!.Exponential, resiliency.Inbound["pubsub"].Retry!.MaxRetries));
            Assert.Equal((true, 3), (resiliency.Outbound["pubsub"].Retry!.Exponential, resiliency.Outbound["pubsub"].Retry!.MaxRetries));
        }
    }

    [Theory]
    [InlineData("kafka-postgres", SecurityProtocol.Plaintext)]
    [InlineData("kafka-redis", SecurityProtocol.Plaintext)]
    [InlineData("kafka-postgres-tls", SecurityProtocol.SaslSsl)]
    [InlineData("kafka-redis-tls", SecurityProtocol.SaslSsl)]
    public void Kafka_OfAProfile_IsReadWithItsSecurityFromSecrets(string profile, SecurityProtocol protocol)
    {
        var pubsub = Read(profile).Components.Single(component => component.Name == "pubsub");
        var producer = new KafkaSettings(new ComponentSettings(pubsub)).Producer();

        Assert.Equal((protocol, Acks.All, CompressionType.Snappy), (producer.SecurityProtocol, producer.Acks, producer.CompressionType));
        if (protocol == SecurityProtocol.Plaintext) return;
        Assert.Equal(
            (SaslMechanism.ScramSha512, "value of OI_KAFKA_USER", "value of OI_KAFKA_PASSWORD", "value of OI_KAFKA_CA", true),
            (producer.SaslMechanism, producer.SaslUsername, producer.SaslPassword, producer.SslCaPem, producer.EnableSslCertificateVerification));
    }

    [Theory]
    [InlineData("dapr.local.yaml", 3)]
    [InlineData("dapr.yaml", 1)]
    public void Scopes_OfTheSampleApp_LetItReadOneTopicAndWriteToNone(string file, int apps)
    {
        var plan = RunPlanner.Create(Path.Combine(Repository.Root, "samples", "order-feed", file), name => "value of " + name);
        var sees = Assert.Single(plan.Apps, app => app.Sidecar.Components.Any(component => component.Name == "order-feed-pubsub" && component.IsVisibleTo(app.App.AppId)));
        var feed = new TopicScopes("order-feed", sees.Sidecar.Components.Single(component => component.Name == "order-feed-pubsub").Metadata);

        Assert.Equal(("order-feed", apps), (sees.App.AppId, plan.Apps.Count));
        Assert.True(feed.MaySubscribe("order-status-changes"));
        Assert.False(feed.MaySubscribe("order-events") || feed.MayPublish("order-status-changes") || feed.MayPublish("inventory-deduction"));
    }

    [Fact]
    public void Scopes_OfEveryProfile_LetAnAppPublishAndReadItsTopicsOnly()
    {
        foreach (var profile in Folders)
        {
            var metadata = Read(profile).Components.Single(component => component.Name == "pubsub").Metadata;
            var (orders, inventory, stranger) = (new TopicScopes("order-app", metadata), new TopicScopes("inventory-app", metadata), new TopicScopes("stranger", metadata));

            Assert.True(orders.MayPublish("order-events") && orders.MaySubscribe("inventory-deduction-result.dlq"));
            Assert.False(orders.MaySubscribe("inventory-deduction") || inventory.MayPublish("order-status-changes") || inventory.MaySubscribe("order-events"));
            Assert.False(stranger.MayPublish("anything-else"));
        }
    }

    [Theory]
    [InlineData("components/configuration.yaml")]
    [InlineData("deploy/k8s/base/configuration.yaml")]
    public void Configuration_AsShipped_IsUnderstoodAndLetsOtherAppsCall(string file)
    {
        var settings = ConfigurationReader.Read(Path.Combine(Repository.Root, file));

        // No retention: with one daprd can crash, and order-app purges its workflows itself.
        Assert.Equal((false, (TimeSpan?)null), (settings.DeniesCalls, settings.Retention.AnyTerminal));
    }

    [Fact]
    public async Task Start_EmbeddedBrokerWithUnknownMetadata_NamesTheRemedy()
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => RunningSidecar.StartAsync([RunningSidecar.Broker(("publishingScope", "me=a"))]));

        Assert.Contains("metadata 'publishingScope', which dapr-local does not know for pubsub.sqlite; known are connectionString", error.Message, StringComparison.Ordinal);
    }

    private static ResourceSet Read(string profile) =>
        ResourceReader.Read([Path.Combine(Repository.Root, "components", profile)], name => name.StartsWith("OI_", StringComparison.Ordinal) ? "value of " + name : null);
}
