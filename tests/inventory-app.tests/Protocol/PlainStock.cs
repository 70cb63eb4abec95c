using InventoryApp.Domain;

namespace InventoryApp.Tests.Protocol;

/// <summary>Stock as one would write it without stores, crashes or repeats: what the recorded operations have to agree with.</summary>
internal sealed class PlainStock
{
    private enum State { None, Held, Refused, Released, Shipped, Fenced }

    private readonly Dictionary<string, (State State, long Quantity)> _lines = [];
    private bool _exists;

    public long Available { get; private set; }

    public long Reserved { get; private set; }

    public long Total => Available + Reserved;

    /// <summary>Does what was recorded; returns the outcome and the quantity that the record must show.</summary>
    public (string Outcome, long Quantity) Apply(StockCommand command) => command switch
    {
        SetTotalCommand set => SetTotal(set.Total),
        ChangeTotalCommand change => ChangeTotal(change),
        LineCommand { Kind: OperationKind.Deduct } line => Deduct(line),
        LineCommand { Kind: OperationKind.Restore } line => Restore(line),
        LineCommand line => Ship(line),
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    private (string, long) SetTotal(long total)
    {
        var difference = total - Total;
        (_exists, Available) = (true, Available + difference);
        return ("ADJUSTED", difference);
    }

    private (string, long) ChangeTotal(ChangeTotalCommand change)
    {
        Assert.True(_exists);
        Available += change.Quantity;
        return (change.Kind == OperationKind.Restock ? "RESTOCKED" : "ADJUSTED", change.Quantity);
    }

    private (string, long) Deduct(LineCommand line)
    {
        if (Of(line).State == State.Fenced) return ("FENCED", line.Quantity);
        var refusal = !_exists ? "UNKNOWN_PRODUCT" : Available < line.Quantity ? "OUT_OF_STOCK" : null;
        _lines[line.OrderId] = (refusal is null ? State.Held : State.Refused, line.Quantity);
        if (refusal is not null) return (refusal, line.Quantity);
        (Available, Reserved) = (Available - line.Quantity, Reserved + line.Quantity);
        return ("HELD", line.Quantity);
    }

    private (string, long) Restore(LineCommand line)
    {
        var (state, held) = Of(line);
        switch (state)
        {
            case State.Held:
                (Available, Reserved) = (Available + held, Reserved - held);
                _lines[line.OrderId] = (State.Released, 0);
                return ("RELEASED", held);
            case State.Shipped:
                return ("ALREADY_SHIPPED", line.Quantity);
            case State.Refused:
                return ("NOTHING_HELD", 0);
            default:
                _lines[line.OrderId] = (State.Fenced, 0);
                return ("FENCED", 0);
        }
    }

    private (string, long) Ship(LineCommand line)
    {
        var (state, held) = Of(line);
        if (state != State.Held) return ("NOT_HELD", line.Quantity);
        Reserved -= held;
        _lines[line.OrderId] = (State.Shipped, 0);
        return ("SHIPPED", held);
    }

    private (State State, long Quantity) Of(LineCommand line) => _lines.GetValueOrDefault(line.OrderId);
}
