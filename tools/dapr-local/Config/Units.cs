using System.Buffers;
using System.Globalization;

namespace DaprLocal.Config;

/// <summary>Reads the two notations that Dapr's YAML borrows from Go and Kubernetes: durations and quantities of bytes.</summary>
internal static class Units
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Suffix, double Milliseconds)[] DurationUnits =
        [("ms", 1), ("us", 0.001), ("µs", 0.001), ("ns", 0.000001), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

    private static readonly (string Suffix, long Bytes)[] ByteUnits =
        [("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("k", 1000), ("M", 1_000_000), ("G", 1_000_000_000), ("", 1)];

    // A quarter of a year is already absurd for a timeout; beyond it the arithmetic of callers could overflow.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(100);

    /// <summary>A Go duration such as <c>5s</c> or <c>1m30s</c>; a bare number is milliseconds, as daprd reads it. Null when it is none or too long.</summary>
    public static TimeSpan? Duration(string text) => Duration(text, LongestTimeout);

    /// <summary>A Go duration of at most <paramref name="longest"/>.</summary>
    public static TimeSpan? Duration(string text, TimeSpan longest)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bare))
            return TimeSpan.FromMilliseconds(bare);

        var total = 0d;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return null;
            rest = rest[digits..];
            var letters = rest.IndexOfAny(NumberCharacters);
            var suffix = (letters < 0 ? rest : rest[..letters]).ToString();
            var unit = Array.Find(DurationUnits, known => known.Suffix == suffix);
            if (unit.Suffix is null)
                return null;
            total += number * unit.Milliseconds;
            rest = letters < 0 ? [] : rest[letters..];
        }
        return text.Length > 0 && total <= longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(total) : null;
    }

    /// <summary>A quantity of bytes such as <c>4Mi</c>, <c>16k</c> or <c>65536</c>; null when it is none or does not fit.</summary>
    public static int? Bytes(string text)
    {
        foreach (var (suffix, bytes) in ByteUnits)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && int.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number > 0 && number * bytes <= int.MaxValue)
                return (int)(number * bytes);
        }
        return null;
    }
}
