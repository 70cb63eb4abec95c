using System.Text.RegularExpressions;
using OrderInventory.Contracts;
using OrderInventory.Deploy.Tests.Models;
using OrderInventory.Testing;

namespace OrderInventory.Deploy.Tests;

/// <summary>Each set of components has what the code uses, and nothing else.</summary>
public sealed partial class ProfileTests
{
    private const string Local = "components/local";
    private static readonly string[] Apps = ["inventory-app", "order-app"];

    /// <summary>Folders of components, and where their resiliency is.</summary>
    public static TheoryData<string, string> Profiles { get; } = new()
    {
        { "components/kafka-postgres", "components/kafka-postgres" },
        { "components/kafka-postgres-tls", "components/kafka-postgres-tls" },
        { "components/kafka-redis", "components/kafka-redis" },
        { "components/kafka-redis-tls", "components/kafka-redis-tls" },
        { Local, Local },
        { "deploy/k8s/overlays/dev", "deploy/k8s/base" },
        { "deploy/k8s/overlays/production", "deploy/k8s/base" },
    };

    [Fact]
    public void Profiles_AreAllFoldersWithComponents() => Assert.Equal(
        YamlFiles.All.Where(file => !file.StartsWith("samples/", StringComparison.Ordinal) && YamlFiles.Read(file).OfType<Component>().Any()).Select(file => Path.GetDirectoryName(file)!).Distinct().Order(),
        Profiles.Select(row => (string)row[0]).Order());

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Components_AreTheStoreThePubSubAndTheirSecretStore(string folder, string resiliency)
    {
        var components = YamlFiles.In<Component>(folder);
        var needsSecrets = components.Any(component => component.Auth is not null);

        Assert.Equal([.. needsSecrets ? (string[])["environment"] : [], Topics.PubSub, "statestore"], components.Select(component => component.Metadata.Name).Order());
        Assert.Equal("true", Of(folder, "statestore").Value("actorStateStore"));
        if (folder != Local) Assert.All(components, component => Assert.Equal(Apps, component.Scopes.Order()));
        var found = Assert.Single(YamlFiles.In<Resiliency>(resiliency));
        var target = Assert.Single(found.Spec.Targets.Components);
        Assert.Equal(Topics.PubSub, target.Key);
        var (inbound, outbound) = (found.Spec.Policies.Retries[target.Value.Inbound!.Retry], found.Spec.Policies.Retries[target.Value.Outbound!.Retry]);
        Assert.Equal(("exponential", -1, "exponential"), (inbound.Policy, inbound.MaxRetries, outbound.Policy));
        Assert.InRange(outbound.MaxRetries, 1, 10);
        Assert.Equal(2, found.Spec.Policies.Retries.Count);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Kafka_KeepsWhatTheCodeReliesOn(string folder, string resiliency)
    {
        Assert.NotEmpty(resiliency);
        if (folder == Local) return;
        var pubsub = Of(folder, Topics.PubSub);

        Assert.Equal("pubsub.kafka", pubsub.Spec.Type);
        Assert.Equal(
            ("{appID}-group", "oldest", "all", "snappy", "10"),
            (pubsub.Value("consumerGroup"), pubsub.Value("initialOffset"), pubsub.Value("producerRequiredAcks"), pubsub.Value("compression"), pubsub.Value("producerRetryMax")));
    }

    // The topics that an app's code names; each consumer of a topic also parks and replays its dead letters.
    [Theory]
    [MemberData(nameof(Profiles))]
    public void Scopes_AreTheTopicsOfTheCode(string folder, string resiliency)
    {
        Assert.NotEmpty(resiliency);
        var pubsub = Of(folder, Topics.PubSub);
        Dictionary<string, string[]> subscribed = new()
        {
            ["order-app"] = [Topics.InventoryDeductionResult, Topics.DeadLetter(Topics.InventoryDeductionResult)],
            ["inventory-app"] = [Topics.InventoryDeduction, Topics.DeadLetter(Topics.InventoryDeduction)],
        };
        Dictionary<string, string[]> published = new()
        {
            ["order-app"] = [Topics.InventoryDeduction, Topics.OrderEvents, Topics.OrderStatusChanges, .. subscribed["order-app"]],
            ["inventory-app"] = [Topics.InventoryDeductionResult, Topics.StockChanges, .. subscribed["inventory-app"]],
        };

        Assert.Equal(Topics.All.Concat(Topics.DeadLetters).Order(), pubsub.Value("allowedTopics")!.Split(',').Order());
        foreach (var app in Apps)
        {
            Assert.Equal(published[app].Order(), Scope(pubsub.Value("publishingScopes")!)[app].Order());
            Assert.Equal(subscribed[app].Order(), Scope(pubsub.Value("subscriptionScopes")!)[app].Order());
            Assert.Equal(TopicsNamedIn("src/" + app).Order(), published[app].Union(subscribed[app]).Where(topic => !topic.EndsWith(".dlq", StringComparison.Ordinal)).Order());
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Secrets_AreReferences(string folder, string resiliency)
    {
        Assert.NotEmpty(resiliency);
        string[] secret = ["brokers", "connectionString", "saslUsername", "saslPassword", "caCert", "redisHost", "redisPassword"];
        if (folder == Local) return;

        foreach (var component in YamlFiles.In<Component>(folder).Where(component => component.Metadata.Name != "environment"))
        {
            Assert.NotEmpty(component.Secrets);
            Assert.DoesNotContain(component.Spec.Metadata, item => secret.Contains(item.Name) && item.SecretKeyRef is null);
            Assert.Equal(folder.StartsWith("components/", StringComparison.Ordinal), component.Auth is not null);
        }
    }

    [Theory]
    [InlineData("components/kafka-postgres", "components/kafka-redis")]
    [InlineData("components/kafka-postgres", "deploy/k8s/overlays/dev")]
    [InlineData("components/kafka-postgres-tls", "components/kafka-redis-tls")]
    [InlineData("components/kafka-postgres-tls", "deploy/k8s/overlays/production")]
    public void PubSub_OfProfilesOfOneSecurity_IsTheSame(string folder, string other)
    {
        static IEnumerable<(string, string?)> Settings(string folder) => Of(folder, Topics.PubSub).Spec.Metadata.Select(item => (item.Name, item.Value));

        Assert.Equal(Settings(folder), Settings(other));
    }

    [Theory]
    [InlineData("dapr.yaml", "./components/kafka-postgres")]
    [InlineData("dapr.local.yaml", "./components/local")]
    public void RunFile_HasBothAppsWithTheirPortsAndOneProfile(string file, string profile)
    {
        var run = YamlFiles.Only<RunFileModel>(file);

        Assert.Equal((profile, "./components/configuration.yaml"), (Assert.Single(run.Common.ResourcesPaths), run.Common.ConfigFilePath));
        var product = run.Apps.Where(app => app.AppDirPath.StartsWith("./src/", StringComparison.Ordinal)).ToArray();
        Assert.Equal([("inventory-app", 5102, 3502, 50012), ("order-app", 5101, 3501, 50011)], product.Select(app => (app.AppId, app.AppPort, app.DaprHttpPort, app.DaprGrpcPort)).Order());
        Assert.All(product, app => Assert.True(app.EnableAppHealthCheck && File.Exists(Path.Combine(Repository.Root, app.AppDirPath, app.AppId + ".csproj"))));
    }

    [Fact]
    public void Feed_OfTheSample_ReadsFromTheOldestInAGroupOfItsOwn()
    {
        var pubsub = Of("samples/order-feed/components/kafka", "order-feed-pubsub");

        Assert.Equal(("{appID}-group", "oldest"), (pubsub.Value("consumerGroup"), pubsub.Value("initialOffset")));
        Assert.Equal((Topics.OrderStatusChanges, "order-feed=", "order-feed=" + Topics.OrderStatusChanges), (pubsub.Value("allowedTopics"), pubsub.Value("publishingScopes"), pubsub.Value("subscriptionScopes")));
        Assert.All(YamlFiles.In<Component>("samples/order-feed/components/kafka").Concat(YamlFiles.In<Component>("samples/order-feed/components/local")), component => Assert.Equal(["order-feed"], component.Scopes));
    }

    [Fact]
    public void Configuration_IsTheSameEverywhereAndClosesWhatIsNotUsed()
    {
        foreach (var (file, store) in new[] { ("components/configuration.yaml", "environment"), ("deploy/k8s/base/configuration.yaml", "kubernetes") })
        {
            var spec = YamlFiles.Only<DaprConfiguration>(file).Spec;
            // Any app may call, whatever Dapr knows of it; what others must not do the apps refuse.
            Assert.Equal(("1", "allow"), (spec.Tracing!.SamplingRate, spec.AccessControl!.DefaultAction));
            var secrets = Assert.Single(spec.Secrets!.Scopes);
            Assert.Equal((store, "deny"), (secrets.StoreName, secrets.DefaultAccess));
        }
    }

    [Fact]
    public void Runbook_TellsEveryTopic()
    {
        var told = File.ReadLines(Path.Combine(Repository.Root, "docs/operations.md")).Select(line => TopicRow().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value);

        Assert.Equal(Topics.All.Concat(Topics.DeadLetters), told);
    }

    private static Component Of(string folder, string name) => YamlFiles.In<Component>(folder).Single(component => component.Metadata.Name == name);

    private static Dictionary<string, string[]> Scope(string text) => text.Split(';').Select(app => app.Split('=')).ToDictionary(app => app[0], app => app[1].Split(','));

    private static HashSet<string> TopicsNamedIn(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => TopicName().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Select(name => typeof(Topics).GetField(name)?.GetRawConstantValue() as string).OfType<string>()
            .Where(topic => topic != Topics.PubSub)];

    [GeneratedRegex(@"^\| `((?:inventory|order|stock)-(?!inventory-)[\w.-]+)` \|")]
    private static partial Regex TopicRow();

    [GeneratedRegex(@"\bTopics\.(\w+)")]
    private static partial Regex TopicName();
}
