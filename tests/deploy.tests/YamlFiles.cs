using k8s;
using k8s.Models;
using OrderInventory.Deploy.Tests.Models;
using OrderInventory.Testing;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace OrderInventory.Deploy.Tests;

/// <summary>
/// Reads the YAML files of the repository into types: an unknown, misspelt, doubled or missing field fails the reader.
/// Kubernetes' own kinds are those of its client library.
/// </summary>
internal static class YamlFiles
{
    private static readonly IDeserializer Strict = new DeserializerBuilder()
        .WithNamingConvention(CamelCaseNamingConvention.Instance)
        .WithDuplicateKeyChecking()
        .WithEnforceRequiredMembers()
        .Build();

    // What is no resource has its type by its place.
    private static readonly Dictionary<string, Type> ByPath = new()
    {
        ["dapr.yaml"] = typeof(RunFileModel),
        ["dapr.local.yaml"] = typeof(RunFileModel),
        ["deploy/compose/compose.yaml"] = typeof(ComposeFile),
        ["deploy/k8s/overlays/dev/one-replica.yaml"] = typeof(JsonPatchOperation[]),
        ["tests/system.tests/Contract/node/spectral.yaml"] = typeof(SpectralRules),
        ["proof/costs/postgresql.yaml"] = typeof(PriceList),
        ["proof/costs/redis.yaml"] = typeof(PriceList),
        // Its own parser knows its types (EventDocumentTests).
        ["docs/asyncapi.yaml"] = typeof(Dictionary<string, object>),
        ["samples/order-feed/dapr.yaml"] = typeof(RunFileModel),
        ["samples/order-feed/dapr.local.yaml"] = typeof(RunFileModel),
        ["deploy/observability/alerts.yaml"] = typeof(RuleFile),
        ["deploy/observability/alerts.tests.yaml"] = typeof(RuleTestFile),
        ["deploy/observability/prometheus.yaml"] = typeof(PrometheusFile),
        ["deploy/observability/collector.yaml"] = typeof(CollectorFile),
        ["deploy/observability/grafana/datasources.yaml"] = typeof(GrafanaDataSources),
        ["deploy/observability/grafana/dashboards.yaml"] = typeof(GrafanaDashboards),
    };

    private static readonly Dictionary<string, Type> ByKind = new()
    {
        ["dapr.io/v1alpha1/Component"] = typeof(Component),
        ["dapr.io/v1alpha1/Configuration"] = typeof(DaprConfiguration),
        ["dapr.io/v1alpha1/Resiliency"] = typeof(Resiliency),
        ["dapr.io/v1alpha1/WorkflowAccessPolicy"] = typeof(WorkflowAccessPolicy),
        ["kustomize.config.k8s.io/v1beta1/Kustomization"] = typeof(Kustomization),
        ["v1/Namespace"] = typeof(V1Namespace),
        ["v1/Service"] = typeof(V1Service),
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount),
        ["apps/v1/Deployment"] = typeof(V1Deployment),
        ["apps/v1/StatefulSet"] = typeof(V1StatefulSet),
        ["policy/v1/PodDisruptionBudget"] = typeof(V1PodDisruptionBudget),
        ["autoscaling/v2/HorizontalPodAutoscaler"] = typeof(V2HorizontalPodAutoscaler),
        ["networking.k8s.io/v1/NetworkPolicy"] = typeof(V1NetworkPolicy),
    };

    /// <summary>Every YAML file, relative to the repository.</summary>
    public static IEnumerable<string> All { get; } = [.. Directory.EnumerateFiles(Repository.Root, "*.y*ml", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
        .Where(file => !file.Split('/').Any(part => part is "bin" or "obj" or "node_modules" or "golden" || (part.StartsWith('.') && part != ".github")))
        .Order(StringComparer.Ordinal)];

    /// <summary>The documents of a file in their types.</summary>
    public static IReadOnlyList<object> Read(string path)
    {
        var documents = File.ReadAllText(Path.Combine(Repository.Root, path)).Split("\n---\n");
        return [.. documents.Select(document => Parse(path, document))];
    }

    /// <summary>The documents of one type in all files of a folder, without those below it.</summary>
    public static T[] In<T>(string folder) => [.. All.Where(file => Path.GetDirectoryName(file) == folder).SelectMany(Read).OfType<T>()];

    /// <summary>The only document of a file.</summary>
    public static T Only<T>(string path) => (T)Assert.Single(Read(path));

    /// <summary>The document in its type.</summary>
    /// <exception cref="Exception">It is of no known type, or does not fit into its type.</exception>
    public static object Parse(string path, string document)
    {
        var type = ByPath.GetValueOrDefault(path) ?? TypeOf(path, document);
        // The client library's own reader, strict, for its own types; its names and formats are not YamlDotNet's.
        return type.Namespace == typeof(V1Namespace).Namespace
            ? Assert.Single(KubernetesYaml.LoadAllFromString(document, new Dictionary<string, Type> { [Key(document)] = type }, strict: true))
            : Strict.Deserialize(document, type) ?? throw new InvalidOperationException($"{path} is empty.");
    }

    private static Type TypeOf(string path, string document) => ByKind.GetValueOrDefault(Key(document))
        ?? throw new InvalidOperationException($"{path}: '{Key(document)}' has no type in {nameof(YamlFiles)}.");

    private static string Key(string document)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(document));
        var root = yaml.Documents[0].RootNode;
        return root is YamlMappingNode ? $"{root["apiVersion"]}/{root["kind"]}" : "";
    }
}
