using System.Diagnostics;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderApp.Workflows;
using OrderInventory.ServiceDefaults;

namespace OrderApp.Orders;

/// <summary>What became of a client's command on an order.</summary>
internal abstract record CommandOutcome
{
    private CommandOutcome() { }

    /// <summary>The order is where the command leads, by this request or an earlier one.</summary>
    public sealed record Done(Order Order) : CommandOutcome;

    /// <summary>The workflow has been told and has not decided yet.</summary>
    public sealed record Accepted(Order Order) : CommandOutcome;

    /// <summary>The command is not allowed in the state the order is in.</summary>
    public sealed record Refused(Order Order) : CommandOutcome;

    /// <summary>The order was delivered too long ago to be refunded.</summary>
    public sealed record TooLate(Order Order) : CommandOutcome;

    /// <summary>There is no such order.</summary>
    public sealed record Unknown : CommandOutcome;
}

/// <summary>
/// Commands of clients. They become events of the order's workflow, which alone decides; what is answered is what the
/// order document says afterwards. The same command again finds the order where it leads.
/// </summary>
internal sealed class OrderCommands(OrderStore orders, OrderWorkflows workflows, OrderWatch watch, TimeProvider time) : IDisposable
{
    private const int MaxParallelRaises = 64;

    // daprd answers a raise only when the turn in hand is done, so raises are bounded apart from requests (design rule 12).
    private readonly SemaphoreSlim _raises = new(MaxParallelRaises);

    /// <summary>
    /// Gives the command and waits up to <paramref name="limit"/> for the decision. To <paramref name="onlyUser"/> only
    /// the user's own orders exist; null: all do.
    /// </summary>
    /// <exception cref="DependencyUnavailableException">Unknown; the same command later gives the right answer.</exception>
    public async Task<CommandOutcome> GiveAsync(string orderId, CommandRequest request, string? onlyUser, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (await orders.FindAsync(orderId, cancellationToken) is not { } order || (onlyUser ?? order.UserId) != order.UserId) return new CommandOutcome.Unknown();
        if (IsDone(order, request.Command)) return new CommandOutcome.Done(order);
        if (!IsAllowed(order, request.Command)) return new CommandOutcome.Refused(order);
        if (order.Status == OrderStatus.Delivered && order.Deadline < time.GetUtcNow()) return new CommandOutcome.TooLate(order);

        // The command may come weeks after the order and has a trace of its own.
        if (ActivityContext.TryParse(order.TraceParent, null, isRemote: true, out var placed)) Activity.Current?.AddLink(new ActivityLink(placed));
        // A workflow that is at it has been told.
        if (order.Waiting?.Command != request.Command) await RaiseAsync(order, request, cancellationToken);
        order = await watch.UntilAsync(order, seen => IsDone(seen, request.Command) || !IsAllowed(seen, request.Command), limit, cancellationToken);
        if (IsDone(order, request.Command)) return new CommandOutcome.Done(order);
        return IsAllowed(order, request.Command) ? new CommandOutcome.Accepted(order) : new CommandOutcome.Refused(order);
    }

    /// <inheritdoc/>
    public void Dispose() => _raises.Dispose();

    private async Task RaiseAsync(Order order, CommandRequest request, CancellationToken cancellationToken)
    {
        if (!await _raises.WaitAsync(0, cancellationToken)) throw new DependencyUnavailableException("Too many commands wait for the workflow engine.");
        try
        {
            // Not ended by a client that gives up: what it asked for may be on its way.
            await workflows.RaiseAsync(order, new OrderSignal(Command: request), CancellationToken.None);
        }
        finally
        {
            _raises.Release();
        }
    }

    // An order that ended is where a command leads only when it ended there: a payment of a cancelled order is refused.
    private static bool IsDone(Order order, OrderCommand command) =>
        order.Status is OrderStatus.Cancelled or OrderStatus.Refunded
            ? order.Status == OrderTransitions.Target(command)
            : order.HasBeen(OrderTransitions.Target(command));

    // While the order waits for inventory on its way to an end, only what leads there is allowed.
    private static bool IsAllowed(Order order, OrderCommand command) =>
        OrderTransitions.Next(order.Status, command) is not null
        && (order.Waiting is not { Command: OrderCommand.Cancel or OrderCommand.Refund } ending || ending.Command == command);
}
