using Dapr.Workflow;
using OrderApp.Domain;

namespace OrderApp.Workflows;

/// <summary>
/// What the workflow of one order has been told. Commands that come while the order is busy are kept: a refund that was
/// accepted for a paid order must not get lost because the order was just being shipped.
/// </summary>
internal sealed class OrderInbox(WorkflowContext context)
{
    private readonly Queue<CommandRequest> _commands = new();
    private Task<OrderSignal>? _next;

    /// <summary>Waits for the next signal, keeps a command in it, and returns the results in it. Null: <paramref name="timer"/> was first.</summary>
    public async Task<LineResult[]?> ReadAsync(Task? timer = null)
    {
        // One waiter at a time, kept when the timer wins: a second one would take the signal that the first one is owed.
        _next ??= context.WaitForExternalEventAsync<OrderSignal>(OrderSignal.EventName);
        if (timer is not null && await Task.WhenAny(_next, timer) == timer) return null;
        var signal = await _next;
        _next = null;
        if (signal.Command is { } command) _commands.Enqueue(command);
        return signal.Results ?? [];
    }

    /// <summary>The first command that is allowed in <paramref name="status"/>; those before it are dropped. Null: there is none.</summary>
    public CommandRequest? Take(OrderStatus status)
    {
        while (_commands.TryDequeue(out var command))
            if (OrderTransitions.Next(status, command.Command) is not null) return command;
        return null;
    }
}
