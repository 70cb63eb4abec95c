using System.Text.Json.Nodes;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Api;

/// <summary>Recorded answers of daprd in <c>tests/dapr-local.tests/golden</c>.</summary>
internal static class Golden
{
    private static readonly string Root = Path.Combine(Repository.Root, "tests", "dapr-local.tests", "golden");

    /// <summary>The root object of a file.</summary>
    public static JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Root, name)))!;

    /// <summary>The cases of a file.</summary>
    public static IEnumerable<JsonNode> Cases(string name) => Read(name)["cases"]!.AsArray().Select(node => node!);
}
