using System.Globalization;
using OrderInventory.Contracts;
using OrderInventory.Judging;

namespace OrderInventory.Repairing;

/// <summary>What is to be done about a line.</summary>
/// <param name="Of">The line.</param>
/// <param name="GiveBack">What to give back; null for nothing.</param>
/// <param name="Says">Why nothing, for people; null when something is given back.</param>
/// <param name="IsHeld">False when inventory holds nothing for it.</param>
public sealed record LineVerdict(HeldLine Of, GiveBack? GiveBack, string? Says, bool IsHeld);

/// <summary>What was read of a line: its order, null when there is none, with its transitions; and what inventory recorded.</summary>
internal sealed record LineFacts(OrderDocument? Order, IReadOnlyList<TransitionDocument> History, IReadOnlyList<OperationDocument> Operations);

/// <summary>
/// Whether an order owns what inventory holds for a line. Giving back what is owned would sell it twice, so everything that is not as
/// expected is left alone.
/// </summary>
internal static class Ownership
{
    /// <summary>Decides about a line. <paramref name="olderThan"/>: what was held later may belong to an order that does not show yet.</summary>
    public static LineVerdict Of(HeldLine line, LineFacts facts, TimeSpan olderThan, DateTimeOffset now)
    {
        var own = facts.Operations.Where(operation => operation.OrderId == line.OrderId && operation.Line == line.Line && operation.ProductId == line.ProductId).ToArray();
        var held = own.Where(operation => operation.Outcome == Outcomes.Held).ToArray();
        if (own.FirstOrDefault(operation => operation.Outcome is Outcomes.Released or Outcomes.Shipped) is { } given)
            return new LineVerdict(line, null, string.Create(CultureInfo.InvariantCulture, $"line {line.Line} of {line.OrderId} holds nothing any more: {given.Outcome}, {given.Quantity} units"), false);
        if (held.Length == 0) return new LineVerdict(line, null, $"line {line.Line} of {line.OrderId} holds nothing", false);
        if ((Contradiction(line, own, held) ?? Owner(line, facts) ?? Age(line, held[0], olderThan, now)) is { } why) return new LineVerdict(line, null, why, true);
        return new LineVerdict(line, new GiveBack(line, (int)held[0].Quantity, held[0].Time, facts.Order?.CreatedTime ?? held[0].Time), null, true);
    }

    private static string? Contradiction(HeldLine line, OperationDocument[] own, OperationDocument[] held)
    {
        var restore = EventIds.Operation(line.OrderId, line.Line, StockOperationKind.Restore);
        if (held.Length > 1 || held[0].Quantity is < 1 or > int.MaxValue) return "none: what is recorded for the line contradicts itself (docs/operations.md, Stock damaged)";
        return own.FirstOrDefault(operation => operation.OperationId == restore) is { } recorded ? $"none: {restore} is recorded already, as {recorded.Outcome}, and inventory does nothing twice (docs/operations.md, Stock damaged)" : null;
    }

    private static string? Owner(HeldLine line, LineFacts facts)
    {
        if (facts.Order is not { } order) return null;
        if (order.Id != line.OrderId) return $"none: order-app calls this order {order.Id}";
        if (facts.History.Count != order.Version || facts.History[^1].NewStatus != order.Status) return "none: the order contradicts its own transitions; ask who wrote to its store (docs/operations.md, Repairing)";
        if (!order.Lines.Any(known => known.Line == line.Line && known.ProductId == line.ProductId)) return "none: the order has no such line, and who asked for it is not known; ask who else publishes (docs/operations.md, Repairing)";
        return order.Status == "CANCELLED" || (order.Status == "REFUNDED" && facts.History.All(change => change.NewStatus != "SHIPPED")) ? null : $"none: the order is {order.Status}, and what is held is its own";
    }

    private static string? Age(HeldLine line, OperationDocument held, TimeSpan olderThan, DateTimeOffset now) => now - held.Time < olderThan
        ? string.Create(CultureInfo.InvariantCulture, $"none yet: line {line.Line} of {line.OrderId} is held since {held.Time:u}; again when it is older than {olderThan.TotalSeconds:0} s")
        : null;
}
