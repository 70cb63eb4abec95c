using InventoryApp.Domain;
using OrderInventory.ServiceDefaults;

namespace InventoryApp.Stock;

/// <summary>
/// The one writer of a product in this process: single flight, and everything that waits goes into the next round (group
/// commit), first come first served. Other replicas are kept apart by the ETag.
/// </summary>
internal sealed class StockWriter(string productId, StockRound round, Telemetry telemetry, ILogger logger)
{
    private const int MaxBatch = 200;
    private const int MaxBatchBytes = 96 * 1024;
    private const int MaxWaiting = 5_000;

    private readonly Queue<Waiting> _waiting = new();
    private readonly Lock _gate = new();
    private bool _running;

    /// <summary>True when nothing waits and nothing runs.</summary>
    public bool IsIdle
    {
        get { lock (_gate) return !_running && _waiting.Count == 0; }
    }

    /// <summary>The durable decision for <paramref name="command"/> and the document it was made on.</summary>
    /// <exception cref="DependencyUnavailableException">The queue is full or the store is down; the same command may be given again.</exception>
    /// <exception cref="Storage.StockDamagedException">See <see cref="StockRound.ApplyAsync"/>.</exception>
    public Task<StockResult> ExecuteAsync(StockCommand command)
    {
        var waiting = new Waiting(command);
        lock (_gate)
        {
            if (_waiting.Count >= MaxWaiting) return Task.FromException<StockResult>(new DependencyUnavailableException("Too many commands wait for this product."));
            _waiting.Enqueue(waiting);
            if (!_running)
            {
                _running = true;
                _ = Task.Run(RunAsync);
            }
        }

        return waiting.Done.Task;
    }

    private async Task RunAsync()
    {
        while (true)
        {
            List<Waiting> batch;
            lock (_gate)
            {
                batch = TakeBatch();
                if (batch.Count == 0)
                {
                    _running = false;
                    return;
                }
            }

            await RunRoundAsync(batch);
        }
    }

    private List<Waiting> TakeBatch()
    {
        var batch = new List<Waiting>();
        var bytes = 0;
        while (batch.Count < MaxBatch && _waiting.TryPeek(out var next) && (bytes += next.Command.MaxBytes) <= MaxBatchBytes) batch.Add(_waiting.Dequeue());
        return batch;
    }

    private async Task RunRoundAsync(List<Waiting> batch)
    {
        try
        {
            telemetry.RoundStarted(batch.Count);
            var (decisions, item) = await round.ApplyAsync([.. batch.Select(waiting => waiting.Command)], CancellationToken.None);
            for (var i = 0; i < batch.Count; i++) batch[i].Done.TrySetResult(new StockResult(decisions[i], item));
            // The journal holds the operations durably and keeps them until they are archived, so callers need not wait.
            await round.ArchiveAsync(item, CancellationToken.None);
        }
        catch (Exception error)
        {
            Log.RoundFailed(logger, productId, batch.Count, error);
            foreach (var waiting in batch) waiting.Done.TrySetException(error);
        }
    }

    private sealed record Waiting(StockCommand Command)
    {
        public TaskCompletionSource<StockResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>A durable decision and the document as it stood after the round that made it.</summary>
internal sealed record StockResult(StockDecision Decision, StockItem Item);
