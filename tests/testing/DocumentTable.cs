using System.Text.RegularExpressions;

namespace OrderInventory.Testing;

/// <summary>
/// A table of a document that is generated from what tests know, between the lines <c>&lt;!-- table NAME --&gt;</c> and
/// <c>&lt;!-- end --&gt;</c>. UPDATE_SNAPSHOTS=1 writes it anew.
/// </summary>
public static class DocumentTable
{
    /// <summary>Where the table of that name differs from <paramref name="rows"/>; null when it does not.</summary>
    public static string? Difference(string document, string name, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        var file = Path.Combine(Repository.Root, document);
        var text = File.ReadAllText(file);
        var part = new Regex($@"(?<=<!-- table {Regex.Escape(name)} -->\n).*?(?=<!-- end -->)", RegexOptions.Singleline);
        if (!part.IsMatch(text)) return $"{document} has no table {name}";
        string[] lines = [Row(header), Row(header.Select(_ => "---")), .. rows.Select(Row)];
        var table = string.Join('\n', lines) + "\n";
        if (Snapshot.Updating) File.WriteAllText(file, part.Replace(text, _ => table));
        else if (part.Match(text).Value != table) return $"the table {name} of {document} is not what the tests know; UPDATE_SNAPSHOTS=1 writes it anew";
        return null;
    }

    private static string Row(IEnumerable<string> cells) => "| " + string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))) + " |";
}
