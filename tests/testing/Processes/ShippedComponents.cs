namespace OrderInventory.Testing.Processes;

/// <summary>The shipped components, put together to systems on one state store each and the embedded broker.</summary>
public static class ShippedComponents
{
    public const string Sqlite = "sqlite";

    private static readonly Dictionary<string, string[]> Files = new()
    {
        [Sqlite] = ["local/statestore.yaml"],
        ["postgresql"] = ["kafka-postgres/statestore.yaml", "kafka-postgres/secrets.yaml"],
        ["redis"] = ["kafka-redis/statestore.yaml", "kafka-redis/secrets.yaml"],
    };

    /// <summary>Names of the state stores.</summary>
    public static IReadOnlyCollection<string> Stores => Files.Keys;

    /// <summary>The files of a system on that store.</summary>
    public static IEnumerable<string> On(string store) =>
        Files[store].Concat(["local/pubsub.yaml", "local/resiliency.yaml"]).Select(file => Path.Combine(Repository.Root, "components", file));

    /// <summary>The variable that says where the server is, when it has to be set and is not; otherwise null.</summary>
    public static string? MissingVariable(string store)
    {
        var variable = store switch { "postgresql" => "OI_POSTGRES", "redis" => "OI_REDIS", _ => null };
        return variable is null || Environment.GetEnvironmentVariable(variable) is { Length: > 0 } ? null : variable;
    }
}
