using InventoryApp.Domain;
using InventoryApp.Storage;

namespace InventoryApp.Stock;

/// <summary>Finds the writer of a product. Idle writers are dropped once there are many; they hold nothing that is not stored.</summary>
internal sealed class StockWriters(StockStore store, TimeProvider time, ILogger<StockWriters> logger)
{
    private const int SweepAbove = 10_000;

    private readonly Dictionary<string, StockWriter> _writers = [];
    private readonly Lock _gate = new();

    /// <summary>See <see cref="StockWriter.ExecuteAsync"/>.</summary>
    public Task<StockResult> ExecuteAsync(StockCommand command)
    {
        // Under the lock, so that a writer cannot be swept between being found and being given work.
        lock (_gate)
        {
            if (!_writers.TryGetValue(command.ProductId, out var writer))
            {
                if (_writers.Count >= SweepAbove) Sweep();
                writer = new StockWriter(command.ProductId, store, time, logger);
                _writers.Add(command.ProductId, writer);
            }

            return writer.ExecuteAsync(command);
        }
    }

    private void Sweep()
    {
        foreach (var productId in _writers.Where(pair => pair.Value.IsIdle).Select(pair => pair.Key).ToArray()) _writers.Remove(productId);
    }
}
