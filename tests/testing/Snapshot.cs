using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrderInventory.Testing;

/// <summary>Files under version control that say what something answers. UPDATE_SNAPSHOTS=1 writes them anew.</summary>
public static class Snapshot
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static bool Updating { get; } = Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1";

    /// <summary>Where <paramref name="actual"/> differs from the JSON file (path below the repository); null when it does not.</summary>
    public static async Task<string?> DifferenceAsync(string path, JsonNode actual)
    {
        var file = Path.Combine(Repository.Root, path);
        if (Updating) await File.WriteAllTextAsync(file, actual.ToJsonString(Indented) + "\n");
        var expected = JsonNode.Parse(await File.ReadAllTextAsync(file));
        return Difference(expected, actual, "$");
    }

    private static string? Difference(JsonNode? expected, JsonNode? actual, string at) => (expected, actual) switch
    {
        (JsonObject left, JsonObject right) => left.Select(pair => pair.Key).Union(right.Select(pair => pair.Key))
            .Select(name => Difference(left[name], right[name], $"{at}.{name}")).FirstOrDefault(found => found is not null),
        (JsonArray left, JsonArray right) when left.Count == right.Count => Enumerable.Range(0, left.Count)
            .Select(i => Difference(left[i], right[i], $"{at}[{i}]")).FirstOrDefault(found => found is not null),
        _ => JsonNode.DeepEquals(expected, actual) ? null : $"{at}: was {expected?.ToJsonString() ?? "nothing"}, is {actual?.ToJsonString() ?? "nothing"}",
    };
}
