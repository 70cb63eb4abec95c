using System.Globalization;
using System.Security.Cryptography;
using CsvHelper;
using CsvHelper.Configuration;
using OrderInventory.Contracts;

namespace OrderInventory.Stock;

/// <summary>What a line of a file says.</summary>
internal sealed record StockLine(int Number, string ProductId, long Total);

/// <summary>A CSV file (RFC 4180) with the columns <c>productId</c> and <c>total</c>, as <c>stock export</c> writes it; other columns are not looked at.</summary>
/// <param name="Hash">Tells the content from any other.</param>
/// <param name="Lines">The products, in the order of the file.</param>
/// <param name="Errors">What is wrong, with line numbers; nothing may be imported then.</param>
internal sealed record StockFile(string Hash, IReadOnlyList<StockLine> Lines, IReadOnlyList<string> Errors)
{
    public const string ProductIdColumn = "productId";
    public const string TotalColumn = "total";

    /// <summary>More errors than these are only counted.</summary>
    private const int MaxErrors = 20;

    // What the API takes (docs/api.md).
    private const long MaxTotal = 1_000_000_000;

    /// <summary>Reads and checks the whole file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static StockFile Read(string path)
    {
        using var file = File.OpenRead(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        file.Position = 0;
        var (lines, errors, wrong) = (new List<StockLine>(), new List<string>(), 0);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        // A stray quote makes one value of the rest of the file.
        using var csv = new CsvReader(new StreamReader(file), new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim, MissingFieldFound = null, BadDataFound = null });
        if (!csv.Read() || !csv.ReadHeader() || csv.HeaderRecord is not { } header || !header.Contains(ProductIdColumn) || !header.Contains(TotalColumn))
            return new StockFile(hash, [], [$"line 1: the columns {ProductIdColumn} and {TotalColumn} are needed, with these names"]);
        while (csv.Read())
        {
            var number = csv.Parser.RawRow;
            var productId = csv.GetField(ProductIdColumn) ?? "";
            var text = csv.GetField(TotalColumn) ?? "";
            if (!ResourceName.IsValid(productId)) Wrong(number, productId.Length == 0 ? $"{ProductIdColumn} is missing" : $"{productId} can be no {ProductIdColumn}: it has 1 to {ResourceName.MaxLength} characters without '/' and control characters, without spaces at its ends, not only dots");
            else if (!seen.TryAdd(productId, number)) Wrong(number, $"{productId} is on line {seen[productId]}, too");
            else if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var total) || total > MaxTotal) Wrong(number, $"{TotalColumn} is {(text.Length == 0 ? "missing" : text)}; it must be a whole number from 0 to {MaxTotal}");
            else lines.Add(new StockLine(number, productId, total));
        }

        if (wrong > MaxErrors) errors.Add($"and {wrong - MaxErrors} more");
        return new StockFile(hash, lines, errors);

        void Wrong(int number, string what)
        {
            if (++wrong <= MaxErrors) errors.Add($"line {number}: {what}");
        }
    }
}
