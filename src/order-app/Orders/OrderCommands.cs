using System.Diagnostics;
using OrderApp.Domain;
using OrderApp.Intake;
using OrderApp.Storage;

namespace OrderApp.Orders;

/// <summary>
/// Commands of clients. The intake decides; what is answered is what the order document says afterwards. The same command
/// again finds the order where it leads.
/// </summary>
internal sealed class OrderCommands(ClientRequests requests, OrderWatch watch)
{
    /// <summary>
    /// Gives the command and waits up to <paramref name="limit"/> for the decision. To <paramref name="onlyUser"/> only
    /// the user's own orders exist; null: all do. <paramref name="key"/>: the client's idempotency key; null for none.
    /// </summary>
    /// <exception cref="OrderInventory.ServiceDefaults.DependencyUnavailableException">Unknown; the same command later gives the right answer.</exception>
    public async Task<OrderOutcome> GiveAsync(string orderId, OrderRequest request, string? onlyUser, string? key, TimeSpan limit, CancellationToken cancellationToken)
    {
        var command = request.Command;
        // Not ended by a client that gives up: what it asked for may be on its way.
        var outcome = await requests.AskAsync(orderId, new IntakeRequest.Give(request, onlyUser, key), $"POST /api/orders/{{id}}/{command.ToString().ToLowerInvariant()}", key, cancellationToken);
        // The command may come weeks after the order and has a trace of its own.
        var about = outcome switch { OrderOutcome.Accepted(var order, _) => order, OrderOutcome.Done(var order, _) => order, _ => null };
        if (about is not null) Activity.Current?.SetTag(Telemetry.OrderTag, about.Id);
        if (ActivityContext.TryParse(about?.TraceParent, null, isRemote: true, out var placed)) Activity.Current?.AddLink(new ActivityLink(placed));
        if (outcome is not OrderOutcome.Accepted(var accepted, var isReplay)) return outcome;
        var last = await watch.UntilAsync(accepted, seen => Outcome(seen, command, accepted.Version) is not null, limit, cancellationToken);
        return Outcome(last, command, accepted.Version) switch
        {
            null => new OrderOutcome.Accepted(last, isReplay),
            OrderOutcome.Done done => done with { IsReplay = isReplay },
            var refused => refused,
        };
    }

    /// <summary>What became of a command that was accepted in version <paramref name="accepted"/>; null while it is on its way.</summary>
    private static OrderOutcome? Outcome(Order order, OrderCommand command, int accepted)
    {
        // Also when a later command has led further since.
        if (OrderRules.IsDone(order, command) || order.History.Skip(accepted).Any(change => change.NewStatus == OrderTransitions.Target(command))) return new OrderOutcome.Done(order);
        if (order.Refusal is { } refusal && refusal.Command == command) return new OrderOutcome.RefusedByInventory(order, refusal);
        return OrderRules.IsAllowed(order, command) ? null : new OrderOutcome.Refused(order);
    }
}
