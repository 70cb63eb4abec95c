namespace DaprLocal.Costs;

/// <summary>What was charged since the start. <paramref name="Apps"/>: the processor time of each app in milliseconds, whatever share of it counts.</summary>
internal sealed record CostReport(IReadOnlyList<OperationCost> Operations, IReadOnlyDictionary<string, double> Apps);

/// <summary>How often an operation was charged, for how many items, and its processor time in milliseconds.</summary>
internal sealed record OperationCost(string Operation, long Calls, long Items, double Milliseconds);

/// <summary>
/// Charges every operation of all sidecars of this process what it costs on the real Dapr. Without prices, which is the
/// usual case, nothing is charged and nothing waits.
/// </summary>
internal sealed class CostModel
{
    private readonly Prices? _prices;
    private readonly VirtualProcessors _processors;
    private readonly Dictionary<Operation, (long Calls, long Items, TimeSpan Time)> _charged = [];
    private readonly Dictionary<string, TimeSpan> _apps = [];
    private readonly Lock _gate = new();

    /// <summary>Null: nothing costs anything.</summary>
    public CostModel(Prices? prices, TimeProvider time, Random? chance = null)
    {
        Chance = chance ?? Random.Shared;
        _prices = prices;
        _processors = new VirtualProcessors(prices?.Processors ?? 1, time);
    }

    /// <summary>Nothing costs anything.</summary>
    public static CostModel None { get; } = new(null, TimeProvider.System);

    /// <summary>True when bulk deliveries come as slowly as from daprd, too.</summary>
    public bool IsOn => _prices is not null;

    /// <summary>Decides what daprd leaves to chance.</summary>
    public Random Chance { get; }

    /// <summary>Waits until the virtual processors have done a call with so many items.</summary>
    public Task ChargeAsync(Operation operation, int items = 1, CancellationToken cancellationToken = default)
    {
        if (_prices is null || items == 0) return Task.CompletedTask;
        var cost = _prices.Of[operation].Of(items);
        lock (_gate)
        {
            var (calls, sum, time) = _charged.GetValueOrDefault(operation);
            _charged[operation] = (calls + 1, sum + items, time + cost);
        }

        return _processors.WorkAsync(cost, cancellationToken);
    }

    /// <summary>What was charged since the start.</summary>
    public CostReport Report()
    {
        lock (_gate)
            return new CostReport(
                [.. _charged.OrderBy(pair => pair.Key).Select(pair => new OperationCost(pair.Key.ToString().ToLowerInvariant(), pair.Value.Calls, pair.Value.Items, pair.Value.Time.TotalMilliseconds))],
                _apps.ToDictionary(pair => pair.Key, pair => pair.Value.TotalMilliseconds));
    }

    /// <summary>Puts the processor time that an app used on the same processors: on one machine it shares them with its sidecar.</summary>
    public void ChargeApp(string appId, TimeSpan used)
    {
        if (_prices is null || used <= TimeSpan.Zero) return;
        _processors.Book(used * _prices.AppShare);
        lock (_gate) _apps[appId] = _apps.GetValueOrDefault(appId) + used;
    }
}
