namespace OrderInventory.Bench.Sidecar;

/// <summary>A component to measure: what needs a server is there when its variable says where (eng/servers).</summary>
/// <param name="Name">The component's name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Version">Its version.</param>
/// <param name="Metadata">Lines of metadata; <c>{server}</c> stands for the value of the variable and <c>{run}</c> for the run.</param>
/// <param name="Variable">The variable that names the server; null for what is embedded.</param>
internal sealed record SidecarComponent(string Name, string Type, string Version, IReadOnlyList<string> Metadata, string? Variable = null)
{
    public bool IsState => Type.StartsWith("state.", StringComparison.Ordinal);

    /// <summary>Whether it can be measured here.</summary>
    public bool IsHere => Variable is null || Server.Length > 0;

    private string Server => Variable is null ? "" : Environment.GetEnvironmentVariable(Variable) ?? "";

    /// <summary>The manifest; <paramref name="run"/> keeps the data of one run apart in a server.</summary>
    public string Manifest(string run) => $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: {Name}
        spec:
          type: {Type}
          version: {Version}
          metadata:
        {string.Join('\n', Metadata.Select(line => "    - " + line.Replace("{server}", Server, StringComparison.Ordinal).Replace("{run}", run, StringComparison.Ordinal)))}
        """;
}

/// <summary>The components that are measured.</summary>
internal static class SidecarComponents
{
    /// <summary>The state store without a disk.</summary>
    public const string InMemoryState = "state-in-memory";

    private static readonly SidecarComponent[] All =
    [
        new(InMemoryState, "state.in-memory", "v1", []),
        new("state-sqlite", "state.sqlite", "v1", ["{ name: connectionString, value: state.db }"]),
        new("state-postgresql", "state.postgresql", "v2", ["{ name: connectionString, value: \"{server}\" }"], "OI_POSTGRES"),
        new("state-redis", "state.redis", "v1", ["{ name: redisHost, value: \"{server}\" }"], "OI_REDIS"),
        new("pubsub-in-memory", "pubsub.in-memory", "v1", []),
        new("pubsub-sqlite", "pubsub.sqlite", "v1", ["{ name: connectionString, value: pubsub.db }"]),
        new("pubsub-kafka", "pubsub.kafka", "v1", ["{ name: brokers, value: \"{server}\" }", "{ name: authType, value: none }", "{ name: consumerGroup, value: \"{run}\" }"], "OI_KAFKA"),
    ];

    /// <summary>Those that can be measured here.</summary>
    public static IReadOnlyList<SidecarComponent> Here => [.. All.Where(component => component.IsHere)];

    /// <summary>The names of the state stores among them.</summary>
    public static IReadOnlyList<string> Stores => [.. Here.Where(component => component.IsState).Select(component => component.Name)];

    /// <summary>The names of the brokers among them.</summary>
    public static IReadOnlyList<string> Brokers => [.. Here.Where(component => !component.IsState).Select(component => component.Name)];

    /// <summary>Why the others cannot.</summary>
    public static IReadOnlyList<string> Missing => [.. All.Where(component => !component.IsHere).Select(component => $"{component.Name}, because {component.Variable} is not set")];
}
