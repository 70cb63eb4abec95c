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

    /// <summary>The servers that those components use, by the names of eng/servers; none for the embedded ones.</summary>
    public static IReadOnlyList<string> InUse { get; } = Components switch
    {
        null => [],
        _ when Components.EndsWith("redis", StringComparison.Ordinal) => ["redis", "kafka"],
        _ => ["postgres", "kafka"],
    };

    /// <summary>Starts the servers of one test; null when it runs on the embedded components.</summary>
    public static async Task<OwnServers?> StartAsync() => Components is null ? null : await OwnServers.StartAsync();

    /// <summary>The folder of components to run on. Those of OI_COMPONENTS are copied into <paramref name="folder"/> without scopes, because tests have more apps than the two.</summary>
    public static string ComponentsFor(string folder) => Components is { } components
        ? RunFile.CopyComponents(folder, Directory.GetFiles(Path.Combine(Repository.Root, components), "*.yaml"))
        : Path.Combine(Repository.Root, "components/local");
}
