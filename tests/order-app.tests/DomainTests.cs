using OrderApp.Domain;

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

    [Fact]
    public void Apply_Transitions_NumberTheHistoryWithoutGap()
    {
        var order = Order.Place(Guid.CreateVersion7(Now), new PlacedOrder("u", [new OrderLine(1, "p", 2, 3.50m)], null), "k", Now);

        var paid = order.Apply(OrderCommand.Confirm, null, Now)!.Apply(OrderCommand.Pay, null, Now)!;

        Assert.Equal([1, 2, 3], paid.History.Select(change => change.Sequence));
        Assert.Equal([null, OrderStatus.Pending, OrderStatus.Confirmed], paid.History.Select(change => change.OldStatus));
        Assert.Equal(3, paid.Version);
        Assert.Null(paid.Apply(OrderCommand.Confirm, null, Now));
    }

    [Fact]
    public void OrderNumber_ManyIds_AreAllDifferentAndSortLikeTheIds()
    {
        var ids = Enumerable.Range(0, 200_000).Select(i => Guid.CreateVersion7(Now.AddMilliseconds(i))).ToArray();

        var numbers = ids.Select(OrderNumber.Of).ToArray();

        Assert.Equal(numbers.Length, numbers.Distinct().Count());
        Assert.Equal(numbers, numbers.Order(StringComparer.Ordinal));
        Assert.All(numbers.Take(10), number => Assert.Matches("^ORD[0-9A-HJKMNP-TV-Z]{26}$", number));
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
