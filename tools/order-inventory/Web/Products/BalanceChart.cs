using System.Globalization;
using System.Text;

namespace OrderInventory.Web.Products;

/// <summary>The running balance as a step line: where each thing is in a picture of <see cref="Width"/> by <see cref="Height"/>.</summary>
public sealed class BalanceChart
{
    /// <summary>Width of the picture.</summary>
    public const int Width = 800;

    /// <summary>Height of the picture.</summary>
    public const int Height = 240;

    /// <summary>Where the line begins.</summary>
    public const int Left = 90;

    /// <summary>Where the line ends.</summary>
    public const int Right = 790;

    /// <summary>Where <see cref="High"/> is.</summary>
    public const int Top = 14;

    /// <summary>Where <see cref="Low"/> is.</summary>
    public const int Bottom = 205;

    private BalanceChart(IReadOnlyList<ShownOperation> oldestFirst)
    {
        (First, Last) = (oldestFirst[0], oldestFirst[^1]);
        long[] levels = [First.AvailableBefore(), .. oldestFirst.Select(operation => operation.AvailableAfter)];
        (Least, Most) = (levels.Min(), levels.Max());
        // From 0, so that being near the end shows; but what moves little in a large stock would be a flat line then.
        Low = Least < 0 ? Least : Least > Most / 2 && Least < Most ? Least : 0;
        High = Math.Max(Most, Low + 1);
        Line = Path(levels);
        Ticks = [.. new[] { Low, Low + ((High - Low) / 2), High }.Distinct().Select(value => (value, Y(value)))];
    }

    /// <summary>The operation at the left.</summary>
    public ShownOperation First { get; }

    /// <summary>The operation at the right.</summary>
    public ShownOperation Last { get; }

    /// <summary>Fewest units available.</summary>
    public long Least { get; }

    /// <summary>Most units available.</summary>
    public long Most { get; }

    /// <summary>The value at the bottom.</summary>
    public long Low { get; }

    /// <summary>The value at the top.</summary>
    public long High { get; }

    /// <summary>The step line, as the data of a path.</summary>
    public string Line { get; }

    /// <summary>Values of the axis, and where they are.</summary>
    public IReadOnlyList<(long Value, string Y)> Ticks { get; }

    /// <summary>The picture of these operations, newest first; null when there are none.</summary>
    public static BalanceChart? Of(IReadOnlyList<ShownOperation>? operations) => operations is null or [] ? null : new BalanceChart([.. operations.Reverse()]);

    private string Path(long[] levels)
    {
        var path = new StringBuilder($"M{Left} {Y(levels[0])}");
        for (var i = 1; i < levels.Length; i++) path.Append(CultureInfo.InvariantCulture, $"H{Left + ((Right - Left) * (double)i / levels.Length):0.#}V{Y(levels[i])}");
        return path.Append(CultureInfo.InvariantCulture, $"H{Right}").ToString();
    }

    // As doubles: the difference of two balances may be more than a long holds.
    private string Y(long value) => (Bottom - ((Bottom - Top) * ((double)value - Low) / ((double)High - Low))).ToString("0.#", CultureInfo.InvariantCulture);
}
