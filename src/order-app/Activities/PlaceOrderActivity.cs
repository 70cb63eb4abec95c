using Dapr.Workflow;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderInventory.Contracts;

namespace OrderApp.Activities;

/// <summary>What the workflow needs to know of its order. Waiting is what it waited for when an earlier run of the workflow got lost.</summary>
internal sealed record PlacedResult(OrderStatus Status, int Lines, StockStep? Waiting);

/// <summary>Publishes that the order exists and asks inventory for every line. Repeating it repeats the same event ids.</summary>
internal sealed class PlaceOrderActivity(OrderStore orders, OrderMessages messages, Telemetry telemetry) : WorkflowActivity<string, PlacedResult>
{
    /// <inheritdoc/>
    public override Task<PlacedResult> RunAsync(WorkflowActivityContext context, string input) => telemetry.MeasureAsync("place", input, () => PlaceAsync(input));

    private async Task<PlacedResult> PlaceAsync(string input)
    {
        var order = await orders.GetAsync(input, CancellationToken.None);
        var result = new PlacedResult(order.Status, order.Lines.Length, order.Waiting);
        if (order.Status != OrderStatus.Pending) return result;
        await messages.PublishTransitionAsync(order, order.History[0], CancellationToken.None);
        if (order.Waiting is null) await messages.PublishStockCommandsAsync(order, order.LineNumbers, StockOperationKind.Deduct, CancellationToken.None);
        return result;
    }
}
