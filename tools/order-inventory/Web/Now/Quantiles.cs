using System.Globalization;

namespace OrderInventory.Web.Now;

/// <summary>What is known of times by the buckets of a histogram.</summary>
internal static class Quantiles
{
    private const double Coarse = 2;

    /// <summary>
    /// The time in seconds that this part of all is not above; "–" when there is none. In a bucket whose bounds are near each other it is
    /// as if its times were evenly spread; of another one the bounds are all that is known.
    /// </summary>
    /// <param name="buckets">How many took at most so long, and longer than the bound before; infinite for longer than any bound.</param>
    /// <param name="quantile">The part.</param>
    public static string Of(IEnumerable<(double UpTo, long Count)> buckets, double quantile)
    {
        var all = buckets.GroupBy(bucket => bucket.UpTo).OrderBy(same => same.Key).Select(same => (UpTo: same.Key, Count: same.Sum(bucket => bucket.Count))).ToArray();
        var rank = all.Sum(bucket => bucket.Count) * quantile;
        if (rank == 0) return "–";
        var (seen, from) = (0L, 0d);
        foreach (var (upTo, count) in all)
        {
            if (seen + count >= rank) return Between(from, upTo, (rank - seen) / count) + " s";
            (seen, from) = (seen + count, upTo);
        }

        return "–";
    }

    private static string Between(double from, double upTo, double part)
    {
        if (double.IsPositiveInfinity(upTo)) return "> " + Number(from);
        if (from == 0) return "≤ " + Number(upTo);
        return upTo / from > Coarse ? $"{Number(from)} to {Number(upTo)}" : Number(TwoDigits(from + ((upTo - from) * part)));
    }

    private static double TwoDigits(double number) => number >= 10 ? Math.Round(number) : Math.Round(number, 1 - (int)Math.Floor(Math.Log10(number)));

    private static string Number(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);
}
