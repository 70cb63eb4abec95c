using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace OrderInventory.System.Tests;

/// <summary>
/// The suite runs on PostgreSQL, Redis and Kafka when OI_COMPONENTS names a folder of components, as
/// components/kafka-postgres; without it, on the embedded ones.
/// </summary>
internal static class RealServers
{
    public static string? Components { get; } = Environment.GetEnvironmentVariable("OI_COMPONENTS") is { Length: > 0 } folder ? folder : null;

    private static readonly bool UsesTls = Components?.EndsWith("-tls", StringComparison.Ordinal) ?? false;

    /// <summary>The servers that those components use, by the names of eng/servers; none for the embedded ones.</summary>
    public static IReadOnlyList<string> InUse { get; } = Components switch
    {
        null => [],
        _ when Components.Contains("redis", StringComparison.Ordinal) => ["redis", "kafka"],
        _ => ["postgres", "kafka"],
    };

    /// <summary>Starts the servers of one test; null when it runs on the embedded components.</summary>
    public static async Task<OwnServers?> StartAsync() => Components is null ? null : await OwnServers.StartAsync(UsesTls, InUse);

    /// <summary>
    /// The components to run on, copied into <paramref name="folder"/> for <paramref name="apps"/>, because tests have more than the
    /// two; <paramref name="anyTopic"/>: for apps with other topics.
    /// </summary>
    public static string ComponentsFor(string folder, IEnumerable<string> apps, bool anyTopic = false) =>
        RunFile.CopyComponents(folder, Directory.GetFiles(Path.Combine(Repository.Root, Components ?? "components/local"), "*.yaml"), apps, anyTopic);

    /// <summary>The component of the sample app order-feed, on the same broker.</summary>
    public static string FeedComponent { get; } = Path.Combine(Repository.Root, "samples/order-feed/components", Components is null ? "local" : "kafka", "order-feed-pubsub.yaml");
}
