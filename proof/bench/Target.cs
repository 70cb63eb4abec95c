using System.Globalization;

namespace OrderInventory.Bench;

/// <summary>A target and this run's figure.</summary>
internal sealed record Target(string Name, double Figure, string Wanted, bool IsMet)
{
    public static Target AtLeast(string name, double figure, double wanted) => new(name, figure, string.Create(CultureInfo.InvariantCulture, $">= {wanted}"), figure >= wanted);

    public static Target AtMost(string name, double figure, double wanted) => new(name, figure, string.Create(CultureInfo.InvariantCulture, $"<= {wanted}"), figure <= wanted);

    /// <summary>The line for people.</summary>
    public override string ToString() => $"{(IsMet ? "met   " : "MISSED")} {Name}: {Tables.Number(Figure)} (wanted {Wanted})";
}
