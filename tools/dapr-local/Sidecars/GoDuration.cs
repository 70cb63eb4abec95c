using System.Buffers;
using System.Globalization;

namespace DaprLocal.Sidecars;

/// <summary>Durations as Dapr writes them: <c>300ms</c>, <c>1h30m</c>, <c>5s</c>.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>Reads a duration that is zero or more.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var rest = text.AsSpan().Trim();
        if (rest is "0") return true;
        if (rest.IsEmpty) return false;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
            rest = rest[digits..];
            var end = rest.IndexOfAny(Digits);
            var unit = end < 0 ? rest : rest[..end];
            rest = rest[unit.Length..];
            double? milliseconds = unit switch { "ns" => 1e-6, "us" or "µs" => 1e-3, "ms" => 1, "s" => 1_000, "m" => 60_000, "h" => 3_600_000, _ => null };
            if (milliseconds is null) return false;
            duration += TimeSpan.FromMilliseconds(number * milliseconds.Value);
        }

        return true;
    }
}
