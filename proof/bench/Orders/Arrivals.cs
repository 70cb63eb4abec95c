namespace OrderInventory.Bench.Orders;

/// <summary>A request that is to be sent at <paramref name="Due"/>, from the start of the load.</summary>
/// <param name="Due">When.</param>
/// <param name="Kind">What.</param>
/// <param name="Product">Number of the product, from 0; 0 is the most wanted.</param>
/// <param name="Quantity">Units.</param>
/// <param name="GivesUpAfter">How long its client waits for the first answer; null for as long as it takes.</param>
/// <param name="IsWatched">Whether the order is looked at until it is decided.</param>
/// <param name="Recent">Which of the recent orders a request on one is about: 0 for the newest, below 1 for the oldest.</param>
internal sealed record Arrival(TimeSpan Due, LoadKind Kind, int Product, int Quantity, TimeSpan? GivesUpAfter, bool IsWatched, double Recent);

/// <summary>What arrives when: follows from the options alone, so the same seed gives the same load.</summary>
internal static class Arrivals
{
    private const double WatchedShare = 0.1;
    private const int MaxQuantity = 3;
    private const double LongestImpatienceMilliseconds = 20;

    /// <summary>All of them, in order, at random intervals (Poisson).</summary>
    public static IEnumerable<Arrival> Of(LoadOptions options)
    {
        var random = new Random(options.Seed);
        var products = Zipf(options.Products, options.Skew);
        var due = TimeSpan.Zero;
        while (true)
        {
            due += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / options.Rate);
            if (due.TotalSeconds >= options.Seconds) yield break;
            var kind = Kind(options, random.Next(100));
            TimeSpan? givesUp = random.Next(100) < options.Impatient ? TimeSpan.FromMilliseconds(1 + (random.NextDouble() * LongestImpatienceMilliseconds)) : null;
            var place = Array.BinarySearch(products, random.NextDouble());
            yield return new Arrival(
                due, kind, Math.Min(place < 0 ? ~place : place, options.Products - 1), random.Next(1, MaxQuantity + 1), kind == LoadKind.Place ? givesUp : null, kind == LoadKind.Place && random.NextDouble() < WatchedShare, random.NextDouble());
        }
    }

    private static LoadKind Kind(LoadOptions options, int percent)
    {
        foreach (var (kind, share) in options.Shares.OrderBy(share => share.Key))
            if ((percent -= share) < 0) return kind;
        return LoadKind.Place;
    }

    /// <summary>For each product the share of it and all before it.</summary>
    private static double[] Zipf(int products, double skew)
    {
        var sums = new double[products];
        var sum = 0.0;
        for (var i = 0; i < products; i++) sums[i] = sum += 1 / Math.Pow(i + 1, skew);
        for (var i = 0; i < products; i++) sums[i] /= sum;
        return sums;
    }
}
