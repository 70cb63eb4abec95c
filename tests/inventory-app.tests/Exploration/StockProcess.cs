using System.Globalization;
using System.Text;
using InventoryApp.Domain;
using InventoryApp.Stock;
using InventoryApp.Storage;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Tests.Exploration;

/// <summary>A process of the model: the real protocol, on a store that waits for the explorer before each of its calls.</summary>
internal sealed class StockProcess(int number, IReadOnlyList<LineCommand[]> batches, StockModel model, Func<IStateStore, IStateStore> protocol)
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    // With pages of one operation, the journal is trimmed as early as can be.
    private const int PageSize = 1;
    private static readonly InstantTime Time = new(Now);
    private static readonly Telemetry Telemetry = new StockParts(new OrderInventory.Testing.FakeStateStore()).Telemetry;

    private readonly StringBuilder _seen = new();
    private readonly SortedDictionary<string, long> _archived = new(StringComparer.Ordinal);
    private int _acknowledged;
    private Task _running = Task.CompletedTask;

    /// <summary>The call that waits; null at the end.</summary>
    public PendingCall? Call { get; set; }

    public IEnumerable<LineCommand> Commands => batches.SelectMany(batch => batch);

    public StockModel Model => model;

    private static readonly Backoff Backoff = new(Random.Shared, Time);

    public string Name { get; } = "process " + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Starts, or starts again after a crash: without memory, and with everything that was not acknowledged.</summary>
    public void Start()
    {
        Call = null;
        _seen.Clear().Append("new");
        _archived.Clear();
        var store = protocol(new SteppedStore(this));
        _running = RunAsync(new StockProtocol(new StockStore(store), new OperationArchive(store, PageSize), new ProductIndex(store, Backoff), Backoff, Time, Telemetry));
    }

    /// <summary>Remembers an answer, since the process may act on it from now on.</summary>
    public void Saw(string answer) => _seen.Append('/').Append(answer);

    /// <summary>Throws what the process died of, other than the crashes of the model.</summary>
    public void ThrowIfFailed()
    {
        if (_running.IsFaulted) _running.GetAwaiter().GetResult();
    }

    public string State() => $"{_acknowledged} {Call?.Name} {(Call is null ? "" : _seen)}";

    private async Task RunAsync(StockProtocol protocol)
    {
        while (_acknowledged < batches.Count)
        {
            RoundItem<StockCommand, StockResult>[] commands = [.. batches[_acknowledged].Select(command => new RoundItem<StockCommand, StockResult>(command, command.ProductId))];
            ProductRound[] products = [.. commands.GroupBy(command => command.Key).Select(group => new ProductRound(group.Key, [.. group]))];
            await protocol.DecideAsync(products);
            var isDone = true;
            foreach (var command in commands)
            {
                try
                {
                    model.Publish(((StockDecision.Recorded)(await command.Outcome).Decision).Operation);
                }
                catch (DependencyUnavailableException)
                {
                    // Not acknowledged, so it is delivered again, here with its batch.
                    isDone = false;
                }
            }

            if (await protocol.ArchiveAsync(products)) Forget(products);
            if (isDone) _acknowledged++;
        }

        Call = null;
    }

    // Between batches the protocol remembers nothing but what is archived; without a success, what it was before.
    private void Forget(IEnumerable<ProductRound> products)
    {
        foreach (var product in products)
            if (product.Result is { } item) _archived[product.ProductId] = item.Sequence;
        _seen.Clear().AppendJoin(',', _archived);
    }
}
