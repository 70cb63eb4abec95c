using System.Security.Cryptography;
using System.Text;
using InventoryApp.Domain;
using InventoryApp.Storage;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Tests.Exploration;

/// <summary>
/// Several processes that run the stock protocol on one store, with deliveries for each and a number
/// of faults to spend: a call fails, a save is applied without an answer, or late, a bulk save is done by half, a
/// process dies before or after any of its calls and starts again.
/// </summary>
internal sealed class StockModel : IModel
{
    /// <summary>Units at the start.</summary>
    public const int Units = 2;

    private static readonly StockOperation Created = new()
    {
        OperationId = "set",
        Kind = OperationKind.Adjust,
        Quantity = Units,
        Success = true,
        Outcome = Outcome.Adjusted,
        AvailableAfter = Units,
        Sequence = 1,
        Time = StockProcess.Now,
    };

    private readonly List<StockProcess> _processes;
    private readonly List<StateSave> _late = [];
    private readonly Dictionary<string, StockOperation> _published = [];

    /// <param name="deliveries">For each process the batches that it gets, one after the other.</param>
    /// <param name="faults">How many faults may happen.</param>
    /// <param name="protocol">Puts something between a process and its store; to break the protocol.</param>
    public StockModel(IReadOnlyList<IReadOnlyList<LineCommand[]>> deliveries, int faults, Func<IStateStore, IStateStore>? protocol = null)
    {
        Faults = faults;
        foreach (var productId in deliveries.SelectMany(batches => batches).SelectMany(batch => batch).Select(command => command.ProductId).Distinct())
        {
            Store.Put("stock:" + productId, Bytes(new StockItem
            {
                ProductId = productId,
                Defined = true,
                Total = Units,
                Available = Units,
                Version = 1,
                Sequence = 1,
                Listed = new IndexPosition(0, 0),
                CreatedTime = StockProcess.Now,
                UpdatedTime = StockProcess.Now,
                Journal = [Created],
            }));
        }

        _processes = [.. deliveries.Select((batches, number) => new StockProcess(number, batches, this, protocol ?? (store => store)))];
        foreach (var process in _processes) process.Start();
    }

    public ModelStore Store { get; } = new();

    public int Faults { get; private set; }

    public IReadOnlyList<Step> Steps() =>
    [
        .. _processes.Where(process => process.Call is not null).SelectMany(process => process.Call!.Steps(Faults > 0)),
        .. _late.Select(save => new Step("late " + save.Key, () =>
        {
            _late.Remove(save);
            Store.Apply(save);
        })),
    ];

    public void SpendFault() => Faults--;

    public void ApplyLate(StateSave save) => _late.Add(save);

    /// <summary>A result exists only if the operation is recorded, and never contradicts an earlier one.</summary>
    public void Publish(StockOperation operation)
    {
        if (!_published.TryAdd(operation.OperationId, operation)) Assert.Equal(_published[operation.OperationId], operation);
    }

    public UInt128 State()
    {
        var state = new StringBuilder().Append(Faults);
        foreach (var process in _processes) state.Append('|').Append(process.State());
        foreach (var entry in Store.Describe()) state.Append('|').Append(entry);
        foreach (var save in _late) state.Append("|late ").Append(save.Key).Append(save.ETag).Append(Encoding.UTF8.GetString(save.Value.Span));
        foreach (var result in _published.Values.OrderBy(result => result.Sequence)) state.Append('|').Append(result.Sequence).Append(result.OperationId);
        return BitConverter.ToUInt128(SHA256.HashData(Encoding.UTF8.GetBytes(state.ToString())));
    }

    public void Check()
    {
        foreach (var process in _processes) process.ThrowIfFailed();
        var recorded = Store.Keys.Where(key => key.StartsWith("stock:", StringComparison.Ordinal)).SelectMany(key => Check(Parse<StockItem>(key)!)).ToArray();

        // I4
        foreach (var result in _published.Values) Assert.Contains(result, recorded);

        if (Steps().Count > 0) return;
        foreach (var process in _processes) Assert.All(process.Commands, command => Assert.Contains(command.OperationId, _published.Keys));
    }

    private StockOperation[] Check(StockItem item)
    {
        // I1
        Assert.True(item.IsSound, "I1: the balances contradict each other");

        // Nothing that is recorded is lost: it is in the journal or in the archive.
        var archived = Store.Keys.Where(key => key.StartsWith($"operation:{item.ProductId}:", StringComparison.Ordinal)).Select(key => Parse<StockOperation>(key)!);
        var operations = item.Journal.Concat(archived).Where(operation => operation.Sequence <= item.Sequence).DistinctBy(operation => operation.Sequence).OrderBy(operation => operation.Sequence).ToArray();
        Assert.Equal(item.Sequence, operations.Length);

        // I2
        long Sum(OperationKind kind) => operations.Where(operation => operation.Kind == kind && operation.Success).Sum(operation => operation.Quantity);
        Assert.Equal(Units - Sum(OperationKind.Ship), item.Total);
        Assert.Equal(Sum(OperationKind.Deduct) - Sum(OperationKind.Restore) - Sum(OperationKind.Ship), item.Reserved);

        // I4
        Assert.Equal(operations.Length, operations.DistinctBy(operation => operation.OperationId).Count());
        return operations;
    }

    private static byte[] Bytes(StockItem item) => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(item, StockJson.Default.StockItem);

    private T? Parse<T>(string key) => (T?)System.Text.Json.JsonSerializer.Deserialize(Store.Get(key).Value!.Value.Span, typeof(T), StockJson.Default);
}
