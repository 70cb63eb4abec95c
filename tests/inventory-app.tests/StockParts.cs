using System.Diagnostics.Metrics;
using InventoryApp.Changes;
using InventoryApp.Domain;
using InventoryApp.Stock;
using InventoryApp.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

/// <summary>One replica of inventory-app below its endpoints, on a state store that several may share.</summary>
internal sealed class StockParts(IStateStore state, int pageSize = StockParts.PageSize, TimeProvider? time = null)
{
    public const int PageSize = 32;

    public IMeterFactory Meters { get; } = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public StockStore Store { get; } = new(state);

    public OperationArchive Archive { get; } = new(state, pageSize);

    public Telemetry Telemetry => field ??= new Telemetry(Meters);

    public StockProtocol Protocol()
    {
        var clock = time ?? TimeProvider.System;
        var backoff = new Backoff(Random.Shared, clock);
        return new StockProtocol(Store, Archive, new ProductIndex(state, backoff), backoff, clock, Telemetry);
    }

    /// <summary>A process of its own: it knows nothing but what is stored.</summary>
    public StockRounds Rounds() => new(Protocol(), Changes(), Telemetry, new BusyProducts(time ?? TimeProvider.System), NullLogger<StockRounds>.Instance);

    private StockChanges Changes()
    {
        var clock = time ?? TimeProvider.System;
        var notes = new UntoldNotes(state, Random.Shared, new Backoff(Random.Shared, clock), clock, NullLogger<UntoldNotes>.Instance);
        return new StockChanges(notes, new FakeEventPublisher(), Options.Create(new InventoryOptions()), clock, NullLogger<StockChanges>.Instance);
    }

    /// <summary>Every recorded operation, oldest first; fails when one is missing.</summary>
    public async Task<IReadOnlyList<StockOperation>> OperationsAsync(string productId = "p")
    {
        var item = await Store.ReadAsync(productId, CancellationToken.None);
        return item is null ? [] : [.. (await Archive.ListAsync(item, long.MaxValue, int.MaxValue, CancellationToken.None)).Reverse()];
    }
}
