namespace InventoryApp.Domain;

/// <summary>
/// The rules of stock as a pure function. Per order line: none → HELD → RELEASED or SHIPPED → RETURNED; none → REFUSED; a RESTORE
/// before the DEDUCT fences the line. A command that is recorded gets its recorded outcome.
/// </summary>
internal static class StockRules
{
    /// <summary>
    /// Decides <paramref name="command"/> on <paramref name="item"/>. <paramref name="recorded"/> finds operations of this
    /// product by id in journal and archive; it must have been read after the item.
    /// </summary>
    public static (StockItem Item, StockDecision Decision) Decide(StockItem item, StockCommand command, Func<string, StockOperation?> recorded, DateTimeOffset now)
    {
        if (recorded(command.OperationId) is { } before) return (item, Repeat(command, before));
        if (command.Condition?.Invoke(item.Defined ? item : null) == false) return (item, new StockDecision.ConditionFailed());
        return command switch
        {
            LineCommand { Kind: OperationKind.Deduct } line => Deduct(item, line, recorded, now),
            LineCommand { Kind: OperationKind.Restore } line => Restore(item, line, recorded, now),
            LineCommand { Kind: OperationKind.Ship } line => Ship(item, line, recorded, now),
            LineCommand { Kind: OperationKind.Return } line => Return(item, line, recorded, now),
            SetTotalCommand set => SetTotal(item, set, now),
            ChangeTotalCommand change => ChangeTotal(item, change, now),
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, "No rule for this command."),
        };
    }

    // A repeated line command gets the recorded outcome even if its quantity differs: only the first one can have moved units.
    private static StockDecision Repeat(StockCommand command, StockOperation before) => command switch
    {
        ChangeTotalCommand change when (change.Kind, change.Quantity) != (before.Kind, before.Quantity) => new StockDecision.KeyReused(),
        SetTotalCommand set when set.Total != before.Total => new StockDecision.KeyReused(),
        _ => new StockDecision.Recorded(before, IsNew: false),
    };

    private static (StockItem, StockDecision) Deduct(StockItem item, LineCommand line, Func<string, StockOperation?> recorded, DateTimeOffset now)
    {
        if (recorded(LineCommand.IdOf(line.OrderId, line.Line, OperationKind.Restore)) is not null) return Refuse(item, line, Outcome.Fenced, now);
        if (!item.Defined) return Refuse(item, line, Outcome.UnknownProduct, now);
        if (item.Available < line.Quantity) return Refuse(item, line, Outcome.OutOfStock, now);
        return Record(item with { Available = item.Available - line.Quantity, Reserved = item.Reserved + line.Quantity }, line, line.Quantity, Outcome.Held, now);
    }

    private static (StockItem, StockDecision) Restore(StockItem item, LineCommand line, Func<string, StockOperation?> recorded, DateTimeOffset now)
    {
        if (recorded(LineCommand.IdOf(line.OrderId, line.Line, OperationKind.Ship)) is { Success: true }) return Refuse(item, line, Outcome.AlreadyShipped, now);
        return recorded(LineCommand.IdOf(line.OrderId, line.Line, OperationKind.Deduct)) switch
        {
            null => Record(item, line, 0, Outcome.Fenced, now),
            { Success: false } => Record(item, line, 0, Outcome.NothingHeld, now),
            // What was held, whatever this message says.
            var held => Record(item with { Available = item.Available + held.Quantity, Reserved = item.Reserved - held.Quantity }, line, held.Quantity, Outcome.Released, now),
        };
    }

    private static (StockItem, StockDecision) Ship(StockItem item, LineCommand line, Func<string, StockOperation?> recorded, DateTimeOffset now)
    {
        var held = recorded(LineCommand.IdOf(line.OrderId, line.Line, OperationKind.Deduct));
        if (held is not { Success: true } || recorded(LineCommand.IdOf(line.OrderId, line.Line, OperationKind.Restore)) is not null)
            return Refuse(item, line, Outcome.NotHeld, now);
        return Record(item with { Total = item.Total - held.Quantity, Reserved = item.Reserved - held.Quantity }, line, held.Quantity, Outcome.Shipped, now);
    }

    private static (StockItem, StockDecision) Return(StockItem item, LineCommand line, Func<string, StockOperation?> recorded, DateTimeOffset now) =>
        recorded(LineCommand.IdOf(line.OrderId, line.Line, OperationKind.Ship)) is { Success: true } shipped
            ? Record(item with { Total = item.Total + shipped.Quantity, Available = item.Available + shipped.Quantity }, line, shipped.Quantity, Outcome.Returned, now)
            : Refuse(item, line, Outcome.NotShipped, now);

    private static (StockItem, StockDecision) SetTotal(StockItem item, SetTotalCommand set, DateTimeOffset now)
    {
        if (item.Defined && set.Total == item.Total && !set.IsKeyed) return (item, new StockDecision.Unchanged());
        var defined = item.Defined ? item : item with { Defined = true, CreatedTime = now };
        return Move(defined, set.OperationId, OperationKind.Adjust, set.Total - item.Total, Outcome.Adjusted, now, set.Total);
    }

    private static (StockItem, StockDecision) ChangeTotal(StockItem item, ChangeTotalCommand change, DateTimeOffset now) => item.Defined
        ? Move(item, change.OperationId, change.Kind, change.Quantity, change.Kind == OperationKind.Restock ? Outcome.Restocked : Outcome.Adjusted, now)
        : (item, new StockDecision.UnknownProduct());

    private static (StockItem, StockDecision) Move(StockItem item, string operationId, OperationKind kind, long difference, string outcome, DateTimeOffset now, long? total = null)
    {
        if (item.Available + difference < 0) return (item, new StockDecision.BelowReserved(item.Reserved));
        if (item.Total + difference > StockLimits.MaxTotal) return (item, new StockDecision.AboveMaximum(item.Total));
        var moved = item with { Total = item.Total + difference, Available = item.Available + difference };
        return Append(moved, new StockOperation
        {
            OperationId = operationId,
            Kind = kind,
            Quantity = difference,
            Total = total,
            Success = true,
            Outcome = outcome,
            AvailableAfter = moved.Available,
            ReservedAfter = moved.Reserved,
            Sequence = item.Sequence + 1,
            Time = now,
        });
    }

    private static (StockItem, StockDecision) Refuse(StockItem item, LineCommand line, string outcome, DateTimeOffset now) =>
        Append(item, Operation(item, line, line.Quantity, success: false, outcome, now));

    private static (StockItem, StockDecision) Record(StockItem changed, LineCommand line, long quantity, string outcome, DateTimeOffset now) =>
        Append(changed, Operation(changed, line, quantity, success: true, outcome, now));

    private static StockOperation Operation(StockItem item, LineCommand line, long quantity, bool success, string outcome, DateTimeOffset now) => new()
    {
        OperationId = line.OperationId,
        Kind = line.Kind,
        OrderId = line.OrderId,
        Line = line.Line,
        Quantity = quantity,
        Success = success,
        Outcome = outcome,
        AvailableAfter = item.Available,
        ReservedAfter = item.Reserved,
        Sequence = item.Sequence + 1,
        Time = now,
    };

    private static (StockItem, StockDecision) Append(StockItem item, StockOperation operation) =>
        (item with { Sequence = operation.Sequence, UpdatedTime = operation.Time, Journal = item.Journal.Add(operation) },
            new StockDecision.Recorded(operation, IsNew: true));
}
