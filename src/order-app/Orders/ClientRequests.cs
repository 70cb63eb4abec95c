using OrderApp.Domain;
using OrderApp.Intake;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Repeats;

namespace OrderApp.Orders;

/// <summary>Asks the intake for clients, who have to be told, and remembers what came more than once or failed.</summary>
internal sealed class ClientRequests(OrderIntake intake, RepeatMemory repeats)
{
    /// <summary>As <see cref="OrderIntake.AskAsync"/>. <paramref name="what"/> names the request, <paramref name="key"/> is its idempotency key; null for none.</summary>
    /// <exception cref="DependencyUnavailableException">As there, or the order is damaged.</exception>
    public async Task<OrderOutcome> AskAsync(string orderId, IntakeRequest request, string what, string? key, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await intake.AskAsync(orderId, request, cancellationToken);
            if (outcome is OrderOutcome.Damaged) throw new DependencyUnavailableException($"The document of order {orderId} is damaged.");
            if (KindOf(outcome) is { } kind) repeats.Note(orderId, what, key, kind);
            if (outcome is not OrderOutcome.Busy) repeats.Done(orderId, what, key);
            return outcome;
        }
        catch (DependencyUnavailableException)
        {
            repeats.Note(orderId, what, key, RepeatKind.Failed);
            throw;
        }
    }

    private static RepeatKind? KindOf(OrderOutcome outcome) => outcome switch
    {
        OrderOutcome.Replayed or OrderOutcome.Done { IsReplay: true } or OrderOutcome.Accepted { IsReplay: true } => RepeatKind.Again,
        OrderOutcome.KeyReused => RepeatKind.Differing,
        OrderOutcome.Busy => RepeatKind.Failed,
        _ => null,
    };
}
