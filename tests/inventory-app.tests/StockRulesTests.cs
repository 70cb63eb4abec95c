using InventoryApp.Domain;

namespace InventoryApp.Tests;

public sealed class StockRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly Dictionary<string, StockOperation> _recorded = [];
    private StockItem _item = StockItem.Unknown("p", Now);

    [Theory]
    // Every order of commands on one line, with what the last one answers and what is left of 10 units.
    [InlineData("D", "HELD", 8, 2, 10)]
    [InlineData("DD", "HELD", 8, 2, 10)]
    [InlineData("DR", "RELEASED", 10, 0, 10)]
    [InlineData("DRR", "RELEASED", 10, 0, 10)]
    [InlineData("DRD", "HELD", 10, 0, 10)]
    [InlineData("DRS", "NOT_HELD", 10, 0, 10)]
    [InlineData("DS", "SHIPPED", 8, 0, 8)]
    [InlineData("DSS", "SHIPPED", 8, 0, 8)]
    [InlineData("DSR", "ALREADY_SHIPPED", 8, 0, 8)]
    [InlineData("R", "FENCED", 10, 0, 10)]
    [InlineData("RR", "FENCED", 10, 0, 10)]
    [InlineData("RD", "FENCED", 10, 0, 10)]
    [InlineData("RDS", "NOT_HELD", 10, 0, 10)]
    [InlineData("S", "NOT_HELD", 10, 0, 10)]
    [InlineData("SD", "HELD", 8, 2, 10)]
    [InlineData("DSB", "RETURNED", 10, 0, 10)]
    [InlineData("DSBB", "RETURNED", 10, 0, 10)]
    [InlineData("DSBS", "SHIPPED", 10, 0, 10)]
    [InlineData("DSBR", "ALREADY_SHIPPED", 10, 0, 10)]
    [InlineData("DB", "NOT_SHIPPED", 8, 2, 10)]
    [InlineData("DRB", "NOT_SHIPPED", 10, 0, 10)]
    [InlineData("B", "NOT_SHIPPED", 10, 0, 10)]
    public void Decide_SequenceOnOneLine_EndsAs(string commands, string outcome, long available, long reserved, long total)
    {
        SetTotal(10);

        var last = commands.Select(command => Line(command, quantity: 2)).ToArray()[^1];

        Assert.Equal(outcome, last.Outcome);
        Assert.Equal((available, reserved, total), (_item.Available, _item.Reserved, _item.Total));
    }

    [Fact]
    public void Decide_MoreThanThereIs_IsRefusedForGood()
    {
        SetTotal(1);

        Assert.Equal(Outcome.OutOfStock, Line('D', quantity: 2).Outcome);
        SetTotal(10);
        Assert.Equal(Outcome.OutOfStock, Line('D', quantity: 2).Outcome);
        Assert.Equal(Outcome.NothingHeld, Line('R', quantity: 2).Outcome);
        Assert.Equal((10, 0, 10), (_item.Available, _item.Reserved, _item.Total));
    }

    [Fact]
    public void Decide_UnknownProduct_IsRefusedForGoodAndStaysUnknown()
    {
        Assert.Equal(Outcome.UnknownProduct, Line('D', quantity: 1).Outcome);
        Assert.False(_item.Defined);
        SetTotal(5);
        Assert.Equal(Outcome.UnknownProduct, Line('D', quantity: 1).Outcome);
        Assert.Equal(5, _item.Available);
    }

    [Fact]
    public void Decide_RestoreWithAnotherQuantity_GivesBackWhatWasHeld()
    {
        SetTotal(10);
        Line('D', quantity: 4);

        Assert.Equal(4, Line('R', quantity: 999).Quantity);
        Assert.Equal(10, _item.Available);
    }

    [Fact]
    public void Decide_TotalBelowReserved_IsNotDone()
    {
        SetTotal(10);
        Line('D', quantity: 4);

        Assert.Equal(new StockDecision.BelowReserved(4), SetTotal(3));
        Assert.Equal(new StockDecision.Unchanged(), SetTotal(10));
        Assert.Equal((10, 6), (_item.Total, _item.Available));
    }

    [Fact]
    public void Decide_ChangeOfTotal_MovesWhatOrdersDoNotHold()
    {
        SetTotal(10);
        Line('D', quantity: 4);

        Assert.IsType<StockDecision.Recorded>(Change("a", OperationKind.Restock, 5));
        Assert.IsType<StockDecision.Recorded>(Change("b", OperationKind.Adjust, -11));
        Assert.Equal(new StockDecision.BelowReserved(4), Change("c", OperationKind.Adjust, -1));
        Assert.Equal((4, 0, 4), (_item.Total, _item.Available, _item.Reserved));
    }

    [Fact]
    public void Decide_ChangeAboveTheMaximum_IsNotDone()
    {
        SetTotal(StockLimits.MaxTotal);
        Line('D', quantity: 4);

        Assert.Equal(new StockDecision.AboveMaximum(StockLimits.MaxTotal), Change("a", OperationKind.Restock, 1));
        Assert.Equal(new StockDecision.AboveMaximum(StockLimits.MaxTotal), Change("a", OperationKind.Adjust, long.MaxValue / 2));
        Assert.Equal(StockLimits.MaxTotal, _item.Total);
    }

    [Fact]
    public void Decide_SameKey_IsTheSameChangeOrReused()
    {
        Assert.Equal(new StockDecision.UnknownProduct(), Change("a", OperationKind.Restock, 5));
        SetTotal(10);
        var first = (StockDecision.Recorded)Change("a", OperationKind.Restock, 5);

        Assert.Equal(first with { IsNew = false }, Change("a", OperationKind.Restock, 5));
        Assert.Equal(new StockDecision.KeyReused(), Change("a", OperationKind.Restock, 6));
        Assert.Equal(new StockDecision.KeyReused(), Change("a", OperationKind.Adjust, 5));
        Assert.Equal(15, _item.Total);
    }

    private StockOperation Line(char command, long quantity) => ((StockDecision.Recorded)Decide(new LineCommand("p", "o", 1, command switch
    {
        'D' => OperationKind.Deduct,
        'R' => OperationKind.Restore,
        'B' => OperationKind.Return,
        _ => OperationKind.Ship,
    }, quantity))).Operation;

    private StockDecision SetTotal(long total) => Decide(new SetTotalCommand("p", "set:" + _item.Sequence, total));

    private StockDecision Change(string key, OperationKind kind, long quantity) => Decide(new ChangeTotalCommand("p", ChangeTotalCommand.IdOf(key), kind, quantity));

    private StockDecision Decide(StockCommand command)
    {
        (_item, var decision) = StockRules.Decide(_item, command, _recorded.GetValueOrDefault, Now);
        if (decision is StockDecision.Recorded { IsNew: true } recorded) _recorded.Add(command.OperationId, recorded.Operation);
        Assert.True(_item.Available >= 0);
        Assert.Equal(_item.Total, _item.Available + _item.Reserved);
        return decision;
    }
}
