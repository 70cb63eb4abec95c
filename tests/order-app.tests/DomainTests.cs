using OrderApp.Domain;
using OrderInventory.Testing;

namespace OrderApp.Tests;

public sealed class DomainTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static TheoryData<int, int> AllPairs()
    {
        var pairs = new TheoryData<int, int>();
        foreach (var from in Enum.GetValues<OrderStatus>())
            foreach (var command in Enum.GetValues<OrderCommand>()) pairs.Add((int)from, (int)command);
        return pairs;
    }

    [Theory]
    [MemberData(nameof(AllPairs))]
    public void Next_EveryPair_IsAsInTheTable(int from, int command)
    {
        // Rows: status. Columns: Confirm Pay Ship Deliver Cancel Refund.
        string[] table =
        [
            "Confirmed - - - Cancelled -",
            "- Paid - - Cancelled -",
            "- - Shipped - - Refunded",
            "- - - Delivered - Refunded",
            "- - - - - Refunded",
            "- - - - - -",
            "- - - - - -",
        ];

        var expected = table[from - 1].Split(' ')[command - 1];

        Assert.Equal(expected, OrderTransitions.Next((OrderStatus)from, (OrderCommand)command)?.ToString() ?? "-");
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("57061e50-a4b3-8ffd-b03a-a783a1621207")]
    [InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff")]
    public void OrderNumber_OfAnId_LeadsBackToIt(string id)
    {
        var number = OrderNumber.Of(Guid.Parse(id));

        Assert.Matches(OrderNumber.Pattern, number);
        Assert.Equal(Guid.Parse(id), OrderNumber.IdOf(number));
        Assert.Equal(Guid.Parse(id), OrderNumber.IdOf(number.ToLowerInvariant().Replace('0', 'o').Replace('1', 'l')));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ORD")]
    [InlineData("ORD2Q0RF5195KHZYV0EN7GEGP44G")]
    [InlineData("ORD2Q0RF5195KHZYV0EN7GEGP44G77")]
    [InlineData("XXX2Q0RF5195KHZYV0EN7GEGP44G7")]
    [InlineData("ORD2Q0RF5195KHZYV0EN7GEGP44GU")]
    [InlineData("ORD8Q0RF5195KHZYV0EN7GEGP44G7")]
    public void OrderNumber_ThatIsNone_HasNoId(string number) => Assert.Null(OrderNumber.IdOf(number));

    [Fact]
    public void OrderNumber_MillionsOfIdsInTwentyYears_AreAllDifferentAndSortLikeTheIds()
    {
        var count = FullSize.Or(10_000_000, small: 100_000);
        var step = TimeSpan.FromDays(20 * 365.25) / count;
        var bits = new HashSet<UInt128>(count);
        var previous = "";
        for (var i = 0; i < count; i++)
        {
            // Half of the ids share their millisecond with the one before.
            var number = OrderNumber.Of(Guid.CreateVersion7(Now + (step * (i / 2 * 2))));
            Assert.True(bits.Add(Decode(number)), number);
            if (i % 2 == 0)
            {
                Assert.True(string.CompareOrdinal(previous, number) < 0, number);
                previous = number;
            }
        }

        Assert.Matches("^ORD[0-9A-HJKMNP-TV-Z]{26}$", previous);
    }

    /// <summary>Back from Crockford's base 32, written apart from the encoder: no two ids can share a number that decodes.</summary>
    private static UInt128 Decode(string number)
    {
        UInt128 value = 0;
        foreach (var digit in number.AsSpan(3)) value = (value << 5) | (uint)"0123456789ABCDEFGHJKMNPQRSTVWXYZ".IndexOf(digit, StringComparison.Ordinal);
        return value;
    }

    [Fact]
    public void Fingerprint_OtherMeaning_IsAnother()
    {
        PlacedOrder Of(string user, string product, int quantity, decimal amount, string? remark) => new(user, [new OrderLine(1, product, quantity, amount)], remark);
        PlacedOrder[] different =
        [
            Of("u", "p", 1, 1m, null), Of("v", "p", 1, 1m, null), Of("u", "q", 1, 1m, null), Of("u", "p", 2, 1m, null),
            Of("u", "p", 1, 1.01m, null), Of("u", "p", 1, 1m, "r"), Of("up", "", 1, 1m, null), Of("u", "p1", 1, 1m, null),
        ];

        Assert.Equal(different.Length, different.Select(Fingerprint.Of).Distinct().Count());
        Assert.Equal(Fingerprint.Of(Of("u", "p", 1, 1.5m, null)), Fingerprint.Of(Of("u", "p", 1, 1.500m, null)));
    }
}
