using OrderInventory.Web.Now;

namespace OrderInventory.Tests.Web;

/// <summary>What is said of times by the buckets of a histogram.</summary>
public sealed class QuantilesTests
{
    // The bounds of orders.outcome.duration, those that matter.
    private static readonly double[] Bounds = [0.025, 0.05, 0.075, 5, 10, 30, 60, 300, double.PositiveInfinity];

    [Theory]
    [InlineData(0.025, "≤ 0.025 s")]
    [InlineData(0.05, "0.038 s")]
    [InlineData(10, "7.5 s")]
    [InlineData(30, "10 to 30 s")]
    [InlineData(60, "45 s")]
    [InlineData(300, "60 to 300 s")]
    [InlineData(double.PositiveInfinity, "> 300 s")]
    public void Of_TimesInOneBucket_IsWhatIsKnownOfThem(double bucket, string known) => Assert.Equal(known, Quantiles.Of(Bounds.Select(upTo => (upTo, upTo == bucket ? 1000L : 0)), 0.5));

    [Fact]
    public void Of_SeveralSeconds_AreAddedUp() => Assert.Equal(("0.062 s", "60 to 300 s"), (Quantiles.Of(Twice(), 0.48), Quantiles.Of(Twice(), 0.99)));

    [Fact]
    public void Of_NoTimes_IsNotKnown() => Assert.Equal("–", Quantiles.Of(Bounds.Select(upTo => (upTo, 0L)), 0.5));

    private static IEnumerable<(double UpTo, long Count)> Twice() => Enumerable.Repeat(Bounds.Select(upTo => (upTo, upTo switch { 0.075 => 48L, 300 => 2, _ => 0 })), 2).SelectMany(second => second);
}
