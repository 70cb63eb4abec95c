using Dapr.Workflow;
using OrderApp.Domain;
using OrderApp.Storage;

namespace OrderApp.Activities;

/// <summary>Why an order is cancelled.</summary>
internal sealed record CancelInput(string OrderId, string Reason);

/// <summary>Every line is held: PENDING becomes CONFIRMED. Returns the status that the order has.</summary>
internal sealed class ConfirmOrderActivity(OrderTransition transition) : WorkflowActivity<string, string>
{
    /// <inheritdoc/>
    public override Task<string> RunAsync(WorkflowActivityContext context, string input) =>
        transition.ApplyAsync(input, OrderCommand.Confirm, reason: null, CancellationToken.None);
}

/// <summary>Nothing of the order is held any more: it becomes CANCELLED. Returns the status that the order has.</summary>
internal sealed class CancelOrderActivity(OrderTransition transition) : WorkflowActivity<CancelInput, string>
{
    /// <inheritdoc/>
    public override Task<string> RunAsync(WorkflowActivityContext context, CancelInput input) =>
        transition.ApplyAsync(input.OrderId, OrderCommand.Cancel, input.Reason, CancellationToken.None);
}

/// <summary>Stores a transition, then publishes it. Repeated after a crash in between, it finds the transition stored and publishes it.</summary>
internal sealed class OrderTransition(OrderStore orders, OrderMessages messages, Telemetry telemetry)
{
    /// <summary>Applies the command and returns the status that the order has then.</summary>
    public async Task<string> ApplyAsync(string orderId, OrderCommand command, string? reason, CancellationToken cancellationToken)
    {
        var order = await orders.ApplyAsync(orderId, command, reason, cancellationToken);
        var last = order.History[^1];
        await messages.PublishTransitionAsync(order, last, cancellationToken);
        telemetry.Reached(last.NewStatus, last.Reason);
        return order.Status.Word();
    }
}
