using InventoryApp.Changes;
using InventoryApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;

namespace InventoryApp.Stock;

/// <summary>A durable decision and the document as it stood after the round that made it.</summary>
internal sealed record StockResult(StockDecision Decision, StockItem Item)
{
    /// <summary>The ids of those changes of its round that the broker has; null when nobody is told of changes.</summary>
    public Task<IReadOnlySet<string>>? Told { get; init; }
}

/// <summary>Everything that changes stock goes through here, in rounds over all products that somebody waits for.</summary>
internal sealed class StockRounds : IAsyncDisposable
{
    /// <summary>Commands of all products that may wait at once.</summary>
    public const int MaxWaiting = 20_000;

    /// <summary>Commands on one product that may wait at once.</summary>
    public const int MaxWaitingOfProduct = 5_000;

    private static readonly RoundLimits Limits = new(Lanes: 4, MaxItems: 200, StockProtocol.MaxRoundBytes, MaxWaiting) { MaxWaitingOfKey = MaxWaitingOfProduct };

    private readonly StockProtocol _protocol;
    private readonly StockChanges _changes;
    private readonly Telemetry _telemetry;
    private readonly BusyProducts _busy;
    private readonly ILogger<StockRounds> _logger;
    private readonly RoundQueue<StockCommand, StockResult> _queue;

    public StockRounds(StockProtocol protocol, StockChanges changes, Telemetry telemetry, BusyProducts busy, ILogger<StockRounds> logger)
    {
        (_protocol, _changes, _telemetry, _busy, _logger) = (protocol, changes, telemetry, busy, logger);
        _queue = new RoundQueue<StockCommand, StockResult>(Limits, RunAsync);
    }

    /// <summary>The products with most commands, the busiest first.</summary>
    public IReadOnlyList<BusyProductView> Busy => _busy.Read(_queue.WaitingByKey);

    /// <summary>The durable decision for <paramref name="command"/> and the document it was made on.</summary>
    /// <exception cref="DependencyUnavailableException">Nothing is known: too many wait, or the store is down; the same command may be given again.</exception>
    /// <exception cref="Storage.StockDamagedException">Nothing can be decided until somebody repairs what is stored.</exception>
    public Task<StockResult> ExecuteAsync(StockCommand command) => Execute([command])[0];

    /// <summary>As <see cref="ExecuteAsync"/>, for commands that go into one round as far as they can; those on one product in their order.</summary>
    public IReadOnlyList<Task<StockResult>> Execute(IReadOnlyCollection<StockCommand> commands)
    {
        _telemetry.Waiting(commands.Count);
        return [.. _queue.AddMany(commands.Select(command => (command, command.ProductId, command.MaxBytes + _changes.NoteBytes(command)))).Select(CountAsync)];
    }

    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private async Task<StockResult> CountAsync(Task<StockResult> outcome)
    {
        try
        {
            return await outcome;
        }
        finally
        {
            _telemetry.Waiting(-1);
        }
    }

    private async Task<Task> RunAsync(IReadOnlyList<RoundItem<StockCommand, StockResult>> commands)
    {
        _telemetry.RoundStarted(commands.Count);
        using var telling = new Telling(_changes, commands);
        await telling.NoteAsync();
        ProductRound[] products = [.. commands.Where(command => !command.IsDone).GroupBy(command => command.Key).Select(group => new ProductRound(group.Key, [.. group], telling.Told))];
        _busy.Note(products);
        await _protocol.DecideAsync(products);
        foreach (var product in products)
            if (product.Failure is { } failure) Log.RoundFailed(_logger, product.ProductId, product.Count, failure);
        // The journals hold the operations durably and keep them until they are archived, so callers need not wait. The next
        // round of a product does, so that its changes are told in their order.
        await Task.WhenAll(_protocol.ArchiveAsync(products), telling.TellAsync());
        return telling.SettleAsync(products);
    }
}
