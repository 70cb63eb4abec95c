using System.Collections.Immutable;
using Dapr.Workflow;
using OrderApp.Domain;
using OrderApp.Storage;

namespace OrderApp.Activities;

/// <summary>A transition that inventory has to act for first, and the lines that it is about.</summary>
internal sealed record AskInput(string OrderId, OrderCommand Command, ImmutableArray<int> Lines, string? Reason);

/// <summary>
/// Records what the order waits for, then asks inventory for it: to give the lines back before a cancellation or refund,
/// to take them out before they are shipped.
/// </summary>
internal sealed class AskInventoryActivity(OrderStore orders, OpenOrderStore open, OrderMessages messages, Telemetry telemetry) : WorkflowActivity<AskInput, bool>
{
    /// <inheritdoc/>
    public override Task<bool> RunAsync(WorkflowActivityContext context, AskInput input) => telemetry.MeasureAsync("ask", input.OrderId, () => AskAsync(input));

    private async Task<bool> AskAsync(AskInput input)
    {
        await open.AddAsync(input.OrderId);
        var order = await orders.WaitForAsync(input.OrderId, input.Command, input.Lines, input.Reason, CancellationToken.None);
        // False only when this runs once more, after the order has moved on.
        if (order.Waiting is not { } step || step.Command != input.Command) return false;
        await messages.PublishStockCommandsAsync(order, step.Lines, step.Operation, CancellationToken.None);
        return true;
    }
}
