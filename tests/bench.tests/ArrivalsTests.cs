using OrderInventory.Bench.Orders;

namespace OrderInventory.Bench.Tests;

/// <summary>A load is what was asked for, and the same for the same seed.</summary>
public sealed class ArrivalsTests
{
    private static readonly LoadOptions Options = new()
    {
        Rate = 1_000,
        Seconds = 20,
        Products = 100,
        Skew = 1,
        Stock = 1,
        InFlight = 1,
        Shares = new Dictionary<LoadKind, int> { [LoadKind.Cancel] = 10, [LoadKind.Duplicate] = 20 },
        Impatient = 50,
        Kill = 0,
        Seed = 1,
    };

    [Fact]
    public void Of_SameSeed_GivesTheSameArrivals()
    {
        Assert.Equal(Arrivals.Of(Options), Arrivals.Of(Options));
        Assert.NotEqual(Arrivals.Of(Options), Arrivals.Of(Options with { Seed = 2 }));
    }

    [Fact]
    public void Of_RateAndShares_AreKept()
    {
        var arrivals = Arrivals.Of(Options).ToArray();

        Assert.InRange(arrivals.Length, 19_000, 21_000);
        Assert.Equal(arrivals.Select(arrival => arrival.Due).Order(), arrivals.Select(arrival => arrival.Due));
        Assert.InRange(arrivals.Count(arrival => arrival.Kind == LoadKind.Cancel) / (double)arrivals.Length, 0.09, 0.11);
        Assert.InRange(arrivals.Count(arrival => arrival.Kind == LoadKind.Duplicate) / (double)arrivals.Length, 0.19, 0.21);
        var placed = arrivals.Where(arrival => arrival.Kind == LoadKind.Place).ToArray();
        Assert.InRange(placed.Count(arrival => arrival.GivesUpAfter is not null) / (double)placed.Length, 0.48, 0.52);
        Assert.All(arrivals.Except(placed), arrival => Assert.Null(arrival.GivesUpAfter));
    }

    [Theory]
    [InlineData(0, 0.008, 0.012)]
    [InlineData(1, 0.17, 0.21)]
    [InlineData(2, 0.58, 0.64)]
    public void Of_Skew_MakesTheFirstProductWantedByZipfsLaw(double skew, double least, double most)
    {
        var arrivals = Arrivals.Of(Options with { Skew = skew }).ToArray();

        Assert.InRange(arrivals.Count(arrival => arrival.Product == 0) / (double)arrivals.Length, least, most);
        Assert.All(arrivals, arrival => Assert.InRange(arrival.Product, 0, 99));
    }
}
