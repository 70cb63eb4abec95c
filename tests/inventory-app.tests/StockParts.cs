using System.Diagnostics.Metrics;
using InventoryApp.Domain;
using InventoryApp.Stock;
using InventoryApp.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Tests;

/// <summary>One replica of inventory-app below its endpoints, on a state store that several may share.</summary>
internal sealed class StockParts(IStateStore state, int pageSize = StockParts.PageSize, TimeProvider? time = null)
{
    public const int PageSize = 32;

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Backoff _backoff = new(Random.Shared);

    public IMeterFactory Meters { get; } = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public StockStore Store { get; } = new(state);

    public OperationArchive Archive { get; } = new(state, pageSize);

    public Telemetry Telemetry => field ??= new Telemetry(Meters);

    public ProductIndex Index => field ??= new ProductIndex(state, _backoff, _time);

    public StockRound Round(string productId = "p") => new(productId, Store, Archive, Index, _backoff, _time, Telemetry);

    public StockWriter Writer(string productId = "p") => new(productId, Round(productId), Telemetry, NullLogger.Instance);

    public StockWriters Writers() => new(Store, Archive, Index, _backoff, _time, Telemetry, NullLogger<StockWriters>.Instance);

    /// <summary>Every recorded operation, oldest first; fails when one is missing.</summary>
    public async Task<IReadOnlyList<StockOperation>> OperationsAsync(string productId = "p")
    {
        var (item, _) = await Store.ReadAsync(productId, CancellationToken.None);
        return item is null ? [] : [.. (await Archive.ListAsync(item, long.MaxValue, int.MaxValue, CancellationToken.None)).Reverse()];
    }
}
