using System.Text.RegularExpressions;
using OrderInventory.Testing;

namespace OrderInventory.Architecture.Tests;

/// <summary>What the documents refer to exists.</summary>
public sealed partial class DocumentTests
{
    /// <summary>All of the repository, relative to it.</summary>
    public static IReadOnlyList<string> DocumentNames { get; } =
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Concat([Path.Combine(Repository.Root, "src/contracts/README.md"), Path.Combine(Repository.Root, "samples/order-feed/README.md")])
            .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> Documents { get; } = [.. DocumentNames];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_OfADocument_LeadSomewhere(string document)
    {
        var file = Path.Combine(Repository.Root, document);

        var broken = Link().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal))
            .Where(target => target.Split('#') is var parts && (!Exists(file, parts[0]) || (parts.Length > 1 && !Anchors(Target(file, parts[0])).Contains(parts[1]))));

        Assert.Empty(broken);
    }

    // Paths in code spans: those that begin with a folder of the repository.
    [Theory]
    [MemberData(nameof(Documents))]
    public void Paths_OfADocument_Exist(string document)
    {
        var missing = PathSpan().Matches(File.ReadAllText(Path.Combine(Repository.Root, document))).Select(match => match.Groups[1].Value)
            .Where(path => !path.Any(character => character is '*' or '{' or '<'))
            .Where(path => !Path.Exists(Path.Combine(Repository.Root, path)));

        Assert.Empty(missing);
    }

    private static string Target(string file, string path) => path.Length == 0 ? file : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, path));

    private static bool Exists(string file, string path) => Path.Exists(Target(file, path));

    // As GitHub makes them of headings.
    private static HashSet<string> Anchors(string file) =>
        [.. File.ReadLines(file).Where(line => line.StartsWith('#')).Select(line => Mark().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:src|tools|proof|samples|tests|docs|components|deploy|eng)/[^`\s]+)`")]
    private static partial Regex PathSpan();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Mark();
}
