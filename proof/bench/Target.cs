using System.Globalization;

namespace OrderInventory.Bench;

/// <summary>A target and this run's figure.</summary>
internal sealed record Target(string Name, double Figure, string Wanted, bool IsMet)
{
    public static Target AtLeast(string name, double figure, double wanted) => new(name, figure, string.Create(CultureInfo.InvariantCulture, $">= {wanted}"), figure >= wanted);

    public static Target AtMost(string name, double figure, double wanted) => new(name, figure, string.Create(CultureInfo.InvariantCulture, $"<= {wanted}"), figure <= wanted);

    /// <summary><paramref name="one"/> / <paramref name="other"/>, for a target; 0 when there is nothing to compare with.</summary>
    public static double Ratio(double one, double other) => other > 0 ? Math.Round(one / other, 2) : 0;

    /// <summary>The line for people.</summary>
    public override string ToString() => $"{(IsMet ? "met   " : "MISSED")} {Name}: {Tables.Number(Figure)} (wanted {Wanted})";
}
