using Xunit.Abstractions;

namespace DaprLocal.Tests.State;

/// <summary>
/// The recorded cases that dapr-local answers differently, each with its reason. A test prints what it met and fails
/// when a case is missing here or no longer differs, so the list can only shrink.
/// </summary>
internal static class StateDifferences
{
    private const string Nul = "the web server refuses a path with %00";

    private static readonly Dictionary<string, Dictionary<string, string>> Known = new()
    {
        ["sqlite-grpc"] = [],
        ["in-memory-grpc"] = [],
        ["postgresql-grpc"] = [],
        ["redis-grpc"] = [],
        ["sqlite-http"] = new() { ["key_nul"] = Nul },
        ["in-memory-http"] = new() { ["key_nul"] = Nul },
        ["postgresql-http"] = new() { ["key_nul"] = Nul },
        ["redis-http"] = new() { ["key_nul"] = Nul, ["query"] = "queries are out of scope; of a wrong one, only what is no JSON is told" },
    };

    /// <summary>All of it: recording, case, reason.</summary>
    public static IEnumerable<string[]> All => Known.SelectMany(file => file.Value.Select(entry => (string[])[file.Key, entry.Key, entry.Value]));

    /// <summary>Compares the differences of a recording, case name to what differed, with the list.</summary>
    public static void Check(string file, IReadOnlyDictionary<string, string> differences, ITestOutputHelper output)
    {
        var known = Known[file];
        foreach (var (name, reason) in known) output.WriteLine($"{file} {name}: {reason}");
        var report = differences.Where(difference => !known.ContainsKey(difference.Key)).Select(difference => $"{difference.Key}: {difference.Value}")
            .Concat(known.Keys.Where(name => !differences.ContainsKey(name)).Select(name => $"{name}: listed as different, but it is not"))
            .Order(StringComparer.Ordinal);
        Assert.True(!report.Any(), string.Join('\n', report));
    }
}
