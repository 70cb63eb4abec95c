using Dapr.Workflow;
using OrderApp.Domain;
using OrderApp.Storage;

namespace OrderApp.Activities;

/// <summary>A transition that may happen now, and why.</summary>
internal sealed record TransitionInput(string OrderId, OrderCommand Command, string? Reason);

/// <summary>The status that the order has then, and how long it may last; null for ever.</summary>
internal sealed record TransitionResult(OrderStatus Status, DateTimeOffset? Deadline);

/// <summary>Stores a transition, then publishes it. Repeated after a crash in between, it finds the transition stored and publishes it.</summary>
internal sealed class TransitionOrderActivity(OrderStore orders, OrderMessages messages, OrderWatch watch, OrderReader reader, Telemetry telemetry) : WorkflowActivity<TransitionInput, TransitionResult>
{
    /// <inheritdoc/>
    public override Task<TransitionResult> RunAsync(WorkflowActivityContext context, TransitionInput input) => telemetry.MeasureAsync("transition", input.OrderId, () => TransitAsync(input));

    private async Task<TransitionResult> TransitAsync(TransitionInput input)
    {
        var order = await orders.ApplyAsync(input.OrderId, input.Command, input.Reason, CancellationToken.None);
        await reader.ForgetAsync(order.Id);
        watch.Changed(order);
        var last = order.History[^1];
        await messages.PublishTransitionAsync(order, last, CancellationToken.None);
        telemetry.Reached(last.NewStatus, last.Reason);
        if (last.OldStatus == OrderStatus.Pending) telemetry.Decided(last.NewStatus, last.Time - order.CreatedTime);
        return new TransitionResult(order.Status, order.Deadline);
    }
}
