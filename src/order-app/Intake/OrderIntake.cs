using Microsoft.Extensions.Options;
using OrderApp.Domain;
using OrderApp.Groups;
using OrderInventory.ServiceDefaults;
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

    public OrderIntake(IntakeRound round, GroupFollower groups, IOptions<OrderOptions> options, Telemetry telemetry)
    {
        _groups = groups;
        _queue = new RoundQueue<IntakeRequest, OrderOutcome>(new RoundLimits(options.Value.GroupsInFlight, MaxOrders, int.MaxValue, MaxWaiting), round.RunAsync);
        telemetry.WatchIntake(() => _queue.Waiting);
    }

    /// <summary>What becomes of the request; it is durable when this returns.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown, or too many wait; the same request later gives the right answer.</exception>
    public Task<OrderOutcome> AskAsync(string orderId, IntakeRequest request, CancellationToken cancellationToken) => _queue.AddAsync(request, orderId).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _groups.Close();
        return _queue.DisposeAsync();
    }
}
