using Microsoft.Extensions.Options;
using OrderApp.Domain;
using OrderApp.Groups;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Repeats;
using OrderInventory.ServiceDefaults.Rounds;

namespace OrderApp.Intake;

/// <summary>
/// The way into orders: what arrives waits here for a round, in which all that waits is read, decided and saved together,
/// and driven by one group. Few groups at a time, so that they grow with the load: an engine round costs as much as many saves.
/// </summary>
internal sealed class OrderIntake : IAsyncDisposable
{
    /// <summary>Most orders of a group.</summary>
    public const int MaxOrders = 64;

    private const int MaxWaiting = 4_000;

    private readonly RoundQueue<IntakeRequest, OrderOutcome> _queue;
    private readonly GroupFollower _groups;
    private readonly RepeatMemory _repeats;

    public OrderIntake(IntakeRound round, GroupFollower groups, IOptions<OrderOptions> options, RepeatMemory repeats, Telemetry telemetry)
    {
        (_groups, _repeats) = (groups, repeats);
        _queue = new RoundQueue<IntakeRequest, OrderOutcome>(new RoundLimits(options.Value.GroupsInFlight, MaxOrders, int.MaxValue, MaxWaiting), round.RunAsync);
        telemetry.WatchIntake(() => _queue.Waiting);
    }

    /// <summary>As <see cref="AskAsync"/>, for somebody who has to be told.</summary>
    /// <exception cref="DependencyUnavailableException">As there, or the order is damaged.</exception>
    public async Task<OrderOutcome> AskOrThrowAsync(string orderId, IntakeRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await AskAsync(orderId, request, cancellationToken);
            if (outcome is OrderOutcome.Damaged) throw new DependencyUnavailableException($"The document of order {orderId} is damaged.");
            if (outcome is OrderOutcome.Replayed or OrderOutcome.Done { IsReplay: true } or OrderOutcome.Accepted { IsReplay: true }) _repeats.Note(orderId, What(request), Key(request), RepeatKind.Again);
            else if (outcome is OrderOutcome.KeyReused) _repeats.Note(orderId, What(request), Key(request), RepeatKind.Differing);
            if (outcome is OrderOutcome.Busy) _repeats.Note(orderId, What(request), Key(request), RepeatKind.Failed);
            else _repeats.Done(orderId, What(request), Key(request));
            return outcome;
        }
        catch (DependencyUnavailableException)
        {
            _repeats.Note(orderId, What(request), Key(request), RepeatKind.Failed);
            throw;
        }
    }

    /// <summary>What becomes of the request; it is durable when this returns.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown, or too many wait; the same request later gives the right answer.</exception>
    public Task<OrderOutcome> AskAsync(string orderId, IntakeRequest request, CancellationToken cancellationToken) => _queue.AddAsync(request, orderId).WaitAsync(cancellationToken);

    private static string What(IntakeRequest request) =>
        request is IntakeRequest.Give(var asked, _, _) ? $"POST /api/orders/{{id}}/{asked.Command.ToString().ToLowerInvariant()}" : "POST /api/orders";

    private static string? Key(IntakeRequest request) => request switch
    {
        IntakeRequest.Place place => place.IdempotencyKey,
        IntakeRequest.Give give => give.Key,
        _ => null,
    };

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _groups.Close();
        return _queue.DisposeAsync();
    }
}
