using OrderInventory.Contracts;
using OrderInventory.Testing;
using YamlDotNet.RepresentationModel;

namespace OrderInventory.Architecture.Tests;

/// <summary>Every YAML file parses, and names the components, apps, ports and secrets that the code and the other files name.</summary>
public sealed class ManifestTests
{
    private static readonly string[] Apps = ["inventory-app", "order-app"];
    private static readonly string[] Profiles = ["components/kafka-postgres", "components/kafka-redis", "components/local", "deploy/k8s/base"];

    [Fact]
    public void EveryYamlFile_Parses()
    {
        var files = Files(".").ToArray();

        Assert.True(files.Length > 10);
        foreach (var file in files) Assert.NotEmpty(Documents(file));
    }

    [Fact]
    public void EveryProfile_HasTheStoreThePubSubAndTheEndlessRetry()
    {
        foreach (var profile in Profiles)
        {
            var resources = Files(profile).SelectMany(Documents).ToArray();
            Assert.Equal("true", Metadata(Single(resources, "Component", "statestore"), "actorStateStore"));
            Assert.StartsWith("pubsub.", Text(Single(resources, "Component", Topics.PubSub), "spec", "type"));

            var resiliency = resources.Single(resource => Text(resource, "kind") == "Resiliency");
            var policy = Text(resiliency, "spec", "targets", "components", Topics.PubSub, "inbound", "retry")!;
            Assert.Equal(("exponential", "-1"), (Text(resiliency, "spec", "policies", "retries", policy, "policy"), Text(resiliency, "spec", "policies", "retries", policy, "maxRetries")));
        }
    }

    [Fact]
    public void Kafka_StartsWithTheOldestMessageInAGroupOfEachApp()
    {
        foreach (var profile in new[] { "components/kafka-postgres", "components/kafka-redis", "deploy/k8s/base" })
        {
            var pubsub = Single(Files(profile).SelectMany(Documents), "Component", Topics.PubSub);
            Assert.Equal(("oldest", "all", "snappy"), (Metadata(pubsub, "initialOffset"), Metadata(pubsub, "producerRequiredAcks"), Metadata(pubsub, "compression")));
            Assert.Contains("{appID}", Metadata(pubsub, "consumerGroup"));
            Assert.Equal(Apps, List(pubsub, "scopes").Order());
        }
    }

    [Theory]
    [InlineData("dapr.yaml", "./components/kafka-postgres")]
    [InlineData("dapr.local.yaml", "./components/local")]
    public void RunFile_NamesBothAppsWithTheirPorts(string file, string resources)
    {
        var run = Documents(Path.Combine(Repository.Root, file)).Single();

        Assert.Contains(resources, run.AllNodes.OfType<YamlScalarNode>().Select(node => node.Value));
        var apps = ((YamlSequenceNode)Node(run, "apps")!).Select(app => (Text(app, "appID"), Text(app, "appPort"), Text(app, "daprHTTPPort"), Text(app, "daprGRPCPort"))).Order();
        Assert.Equal([("inventory-app", "5102", "3502", "50012"), ("order-app", "5101", "3501", "50011")], apps);
        foreach (var app in (YamlSequenceNode)Node(run, "apps")!) Assert.True(Directory.Exists(Path.Combine(Repository.Root, Text(app, "appDirPath")!)));
    }

    [Fact]
    public void Configuration_PurgesFinishedWorkflowsAfterAWeekWhereverTheAppsRun()
    {
        foreach (var file in new[] { "dapr.yaml", "dapr.local.yaml" })
            Assert.Equal("./components/configuration.yaml", Text(Documents(Path.Combine(Repository.Root, file)).Single(), "common", "configFilePath"));
        foreach (var folder in new[] { "components", "deploy/k8s/base" })
            Assert.Equal("168h", Text(Documents(Path.Combine(Repository.Root, folder, "configuration.yaml")).Single(), "spec", "workflow", "stateRetentionPolicy", "anyTerminal"));
    }

    [Fact]
    public void Kubernetes_DeploysBothAppsWithDaprProbesAndTokens()
    {
        var resources = Files("deploy/k8s/base").SelectMany(Documents).ToArray();
        foreach (var app in Apps)
        {
            var deployment = Single(resources, "Deployment", app);
            var template = Node(deployment, "spec", "template")!;
            var annotations = Node(template, "metadata", "annotations")!;
            Single(resources, "Configuration", Text(annotations, "dapr.io/config")!);
            var container = ((YamlSequenceNode)Node(template, "spec", "containers")!).Single();
            var port = Text(((YamlSequenceNode)Node(container, "ports")!).Single(), "containerPort");
            Assert.Equal((app, port, "true"), (Text(annotations, "dapr.io/app-id"), Text(annotations, "dapr.io/app-port"), Text(annotations, "dapr.io/enabled")));
            var token = ((YamlSequenceNode)Node(container, "env")!).Single(variable => Text(variable, "name") == "APP_API_TOKEN");
            Assert.Equal((Text(annotations, "dapr.io/app-token-secret"), "token"), (Text(token, "valueFrom", "secretKeyRef", "name"), Text(token, "valueFrom", "secretKeyRef", "key")));
            Assert.Equal(("/healthz", "/readyz"), (Text(container, "livenessProbe", "httpGet", "path"), Text(container, "readinessProbe", "httpGet", "path")));
            Assert.Equal(app, Text(Single(resources, "Service", app), "spec", "selector", "app"));
        }

        var listed = List(Documents(Path.Combine(Repository.Root, "deploy/k8s/base/kustomization.yaml")).Single(), "resources").Order();
        Assert.Equal(Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy/k8s/base")).Select(Path.GetFileName).Where(name => name != "kustomization.yaml").Order(), listed);
    }

    [Fact]
    public void Secrets_AreReferencesNeverText()
    {
        foreach (var profile in new[] { "components/kafka-postgres", "components/kafka-redis", "deploy/k8s/base" })
        {
            var resources = Files(profile).SelectMany(Documents).Where(resource => Text(resource, "kind") == "Component").ToArray();
            foreach (var item in resources.SelectMany(resource => Node(resource, "spec", "metadata") as YamlSequenceNode ?? []))
                if (Text(item, "name") is "brokers" or "connectionString") Assert.NotNull(Text(item, "secretKeyRef", "name"));
        }
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.yaml", SearchOption.AllDirectories)
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj" or ".dapr-local" or "golden"));

    private static IEnumerable<YamlNode> Documents(string file)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(file);
        yaml.Load(reader);
        return yaml.Documents.Select(document => document.RootNode);
    }

    private static YamlNode Single(IEnumerable<YamlNode> resources, string kind, string name) =>
        resources.Single(resource => Text(resource, "kind") == kind && Text(resource, "metadata", "name") == name);

    private static string? Metadata(YamlNode component, string name) =>
        Text(((YamlSequenceNode)Node(component, "spec", "metadata")!).Single(item => Text(item, "name") == name), "value");

    private static IEnumerable<string?> List(YamlNode node, string key) => ((YamlSequenceNode)Node(node, key)!).Select(item => ((YamlScalarNode)item).Value);

    private static string? Text(YamlNode node, params string[] path) => (Node(node, path) as YamlScalarNode)?.Value;

    private static YamlNode? Node(YamlNode node, params string[] path)
    {
        foreach (var key in path)
        {
            if (node is not YamlMappingNode mapping || !mapping.Children.TryGetValue(key, out var next)) return null;
            node = next;
        }

        return node;
    }
}
