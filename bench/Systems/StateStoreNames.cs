using OrderInventory.Testing;

namespace OrderInventory.Bench.Systems;

/// <summary>The state stores that bench can run on.</summary>
internal static class StateStoreNames
{
    public const string Sqlite = "sqlite";

    private static readonly Dictionary<string, string[]> Files = new()
    {
        [Sqlite] = ["local/statestore.yaml"],
        ["postgresql"] = ["kafka-postgres/statestore.yaml", "kafka-postgres/secrets.yaml"],
        ["redis"] = ["kafka-redis/statestore.yaml", "kafka-redis/secrets.yaml"],
    };

    public static IReadOnlyCollection<string> All => Files.Keys;

    /// <summary>The shipped components of a system on that store; the broker is the embedded one.</summary>
    public static IEnumerable<string> Components(string store) =>
        Files[store].Concat(["local/pubsub.yaml", "local/resiliency.yaml"]).Select(file => Path.Combine(Repository.Root, "components", file));

    /// <summary>The variable that says where the server is, when it has to be set and is not; otherwise null.</summary>
    public static string? MissingVariable(string store)
    {
        var variable = store switch { "postgresql" => "OI_POSTGRES", "redis" => "OI_REDIS", _ => null };
        return variable is null || Environment.GetEnvironmentVariable(variable) is { Length: > 0 } ? null : variable;
    }
}
