using System.Collections.Immutable;
using System.Text.Json;
using OrderApp.Domain;
using OrderInventory.Contracts;

namespace OrderApp.Storage;

/// <summary>What an order waits for, as versions before groups wrote it (member <c>waiting</c>).</summary>
internal sealed record EarlierWaiting(OrderCommand Command, StockOperationKind Operation, ImmutableArray<int> Lines, string? Reason, DateTimeOffset Since);

/// <summary>Orders that a version before groups stored: each had a workflow of its own, with the order's id.</summary>
internal static class EarlierOrders
{
    private const string WaitingMember = "waiting";

    /// <summary>The order with what this version needs to drive it, and without what it does not; null when what it waits for cannot be read.</summary>
    public static Order? Upgrade(Order order)
    {
        // What is missing in a document is no empty list.
        if (order.Requests.IsDefault) order = order with { Requests = [] };
        if (order.CommandKeys.IsDefault) order = order with { CommandKeys = [] };
        if (order.Payments.IsDefault) order = order with { Payments = [] };
        if (order.Unknown?.TryGetValue(WaitingMember, out var json) == true)
        {
            var others = order.Unknown.Where(member => member.Key != WaitingMember).ToDictionary();
            order = order with { Unknown = others.Count > 0 ? others : null };
            if (order.Step is null && !TryBegin(ref order, json)) return null;
        }

        return order is { Step: null, Status: OrderStatus.Pending }
            ? order with { Step = new OrderStep(OrderCommand.Confirm, StockOperationKind.Deduct, order.LineNumbers, null, order.CreatedTime, "") }
            : order;
    }

    private static bool TryBegin(ref Order order, JsonElement json)
    {
        try
        {
            if (json.Deserialize(OrderJson.Default.EarlierWaiting) is { Lines.IsDefaultOrEmpty: false } waiting)
                order = order with { Step = new OrderStep(waiting.Command, waiting.Operation, waiting.Lines, waiting.Reason, waiting.Since, "") };
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>
    /// The order as both versions read it. One before groups knows nothing of steps: it would let an order be paid whose units are
    /// being given back, or confirm it.
    /// </summary>
    public static Order ForBoth(Order order) => order.Step is { Operation: not StockOperationKind.Deduct } step
        ? order with { Unknown = new Dictionary<string, JsonElement>(order.Unknown ?? []) { [WaitingMember] = JsonSerializer.SerializeToElement(new EarlierWaiting(step.Command, step.Operation, step.Lines, step.Reason, step.Since), OrderJson.Default.EarlierWaiting) } }
        : order;

    /// <summary>The instance id of the workflow that drove the order then.</summary>
    public static string WorkflowOf(Order order) => order.Id;
}
