using System.Globalization;
using System.Text.RegularExpressions;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Library;

/// <summary>The list of promises names tests that exist, and docs/compatibility.md shows it.</summary>
public sealed class ConformanceTests
{
    private const int Promises = 36;

    [Fact]
    public void List_EveryPromise_NamesTestsThatExist()
    {
        Assert.Equal(Promises, ConformanceList.All.Count);
        Assert.All(ConformanceList.All, entry =>
        {
            Assert.NotEmpty(entry.Tests);
            Assert.All(entry.Tests, test =>
            {
                var (path, method) = (Path.ChangeExtension(test, ".cs"), Path.GetExtension(test)[1..]);
                var code = File.ReadAllText(Path.Combine(Repository.Root, "tests", path));
                Assert.Matches($@"\[(Fact|Theory)\]\s+(\[[^\n]+\]\s+)*public (async Task|Task|void) {Regex.Escape(method)}\(", code);
            });
        });
    }

    [Fact]
    public void Document_Promises_ListsThemAll() => Assert.Null(DocumentTable.Difference(
        "docs/compatibility.md",
        "promises",
        ["", "promise", "tests"],
        ConformanceList.All.Select((entry, index) => (string[])[(index + 1).ToString(CultureInfo.InvariantCulture), entry.Promise, string.Join(", ", entry.Tests.Select(test => $"`{test.Split('/')[^1]}`"))])));
}
