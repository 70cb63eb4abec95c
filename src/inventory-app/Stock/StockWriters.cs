using InventoryApp.Domain;
using InventoryApp.Storage;
using OrderInventory.ServiceDefaults;

namespace InventoryApp.Stock;

/// <summary>
/// Finds the writer of a product. Idle writers disappear; all they know that is not stored is what is archived, and that
/// the next one learns by archiving a few operations again.
/// </summary>
internal sealed class StockWriters : IDisposable
{
    /// <summary>How often idle writers are dropped.</summary>
    public static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(30);

    /// <summary>Commands of all products that may wait at once.</summary>
    public const int MaxWaiting = 20_000;

    private readonly Dictionary<string, StockWriter> _writers = [];
    private readonly Lock _gate = new();
    private readonly Func<string, StockWriter> _create;
    private readonly Telemetry _telemetry;
    private readonly ITimer _sweeps;
    private int _waiting;

    public StockWriters(StockStore store, OperationArchive archive, ProductIndex index, Backoff backoff, TimeProvider time, Telemetry telemetry, ILogger<StockWriters> logger)
    {
        _create = productId => new StockWriter(productId, new StockRound(productId, store, archive, index, backoff, time, telemetry), telemetry, logger);
        _telemetry = telemetry;
        _sweeps = time.CreateTimer(_ => Sweep(), null, SweepPeriod, SweepPeriod);
    }

    /// <summary>See <see cref="StockWriter.ExecuteAsync"/>.</summary>
    public async Task<StockResult> ExecuteAsync(StockCommand command)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new DependencyUnavailableException("Too many commands wait.");
        }

        _telemetry.Waiting(1);
        try
        {
            return await Enqueue(command);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            _telemetry.Waiting(-1);
        }
    }

    public void Dispose() => _sweeps.Dispose();

    private Task<StockResult> Enqueue(StockCommand command)
    {
        // Under the lock, so that a writer cannot be swept between being found and being given work.
        lock (_gate)
        {
            if (!_writers.TryGetValue(command.ProductId, out var writer))
            {
                _writers.Add(command.ProductId, writer = _create(command.ProductId));
                _telemetry.Writers(1);
            }

            return writer.ExecuteAsync(command);
        }
    }

    private void Sweep()
    {
        lock (_gate)
        {
            var idle = _writers.Where(pair => pair.Value.IsIdle).Select(pair => pair.Key).ToArray();
            foreach (var productId in idle) _writers.Remove(productId);
            _telemetry.Writers(-idle.Length);
        }
    }
}
