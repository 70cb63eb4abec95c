using System.Text.Json.Nodes;

namespace DaprLocal.Tests.Api;

/// <summary>Recorded answers of daprd in <c>tests/conformance/golden</c>.</summary>
internal static class Golden
{
    private static readonly string Root = Find(AppContext.BaseDirectory);

    /// <summary>The root object of a file.</summary>
    public static JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Root, name)))!;

    /// <summary>The cases of a file.</summary>
    public static IEnumerable<JsonNode> Cases(string name) => Read(name)["cases"]!.AsArray().Select(node => node!);

    private static string Find(string directory)
    {
        for (var at = new DirectoryInfo(directory); at is not null; at = at.Parent)
        {
            var path = Path.Combine(at.FullName, "tests", "conformance", "golden");
            if (Directory.Exists(path)) return path;
        }

        throw new DirectoryNotFoundException("tests/conformance/golden");
    }
}
