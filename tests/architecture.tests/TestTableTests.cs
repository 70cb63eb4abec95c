using System.Text.RegularExpressions;
using OrderInventory.Testing;

namespace OrderInventory.Architecture.Tests;

/// <summary>Every row of the tables whose last column is for tests names tests that exist: threats, rules of idempotency, reports from elsewhere.</summary>
public sealed partial class TestTableTests
{
    public static TheoryData<string, string> Rows { get; } = Read(("docs/security.md", "Threats"), ("docs/idempotency.md", "The rules"), ("docs/field-reports.md", "Reports"));

    [Theory]
    [MemberData(nameof(Rows))]
    public void Row_NamesTestsThatExist(string row, string tests)
    {
        var named = Name().Matches(tests);

        Assert.True(named.Count > 0, $"No test for: {row}");
        foreach (Match name in named)
            Assert.True(NamedTest.Exists(name.Groups[1].Value, name.Groups[2].Value), $"There is no test {name.Value}");
    }

    private static TheoryData<string, string> Read(params (string Document, string Heading)[] tables)
    {
        var rows = new TheoryData<string, string>();
        foreach (var (document, heading) in tables)
        {
            var text = File.ReadAllText(Path.Combine(Repository.Root, document));
            var start = text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
            var end = text.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
            foreach (var cells in text[start..end].Split('\n').Where(line => line.StartsWith('|')).Skip(2).Select(line => line.Trim('|').Split('|'))) rows.Add(cells[0] + cells[1], cells[^1]);
        }

        return rows;
    }

    [GeneratedRegex(@"`(\w+)\.(\w+)`")]
    private static partial Regex Name();
}
