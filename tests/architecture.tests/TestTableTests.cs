using System.Text.RegularExpressions;
using OrderInventory.Testing;

namespace OrderInventory.Architecture.Tests;

/// <summary>Every threat in docs/security.md names tests that exist.</summary>
public sealed partial class SecurityDocumentTests
{
    public static TheoryData<string, string> Threats { get; } = Read();

    [Theory]
    [MemberData(nameof(Threats))]
    public void Threat_NamesTestsThatExist(string threat, string tests)
    {
        var named = Name().Matches(tests);

        Assert.True(named.Count > 0, $"No test for: {threat}");
        foreach (Match name in named)
            Assert.True(NamedTest.Exists(name.Groups[1].Value, name.Groups[2].Value), $"There is no test {name.Value}");
    }

    private static TheoryData<string, string> Read()
    {
        var threats = new TheoryData<string, string>();
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs/security.md"));
        var start = text.IndexOf("\n## Threats\n", StringComparison.Ordinal);
        var end = text.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        foreach (var row in text[start..end].Split('\n').Where(line => line.StartsWith('|')).Skip(2).Select(line => line.Trim('|').Split('|'))) threats.Add(row[1].Trim(), row[^1]);
        return threats;
    }

    [GeneratedRegex(@"`(\w+)\.(\w+)`")]
    private static partial Regex Name();
}
