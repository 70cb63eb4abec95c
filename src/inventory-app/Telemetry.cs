using System.Diagnostics.Metrics;
using InventoryApp.Domain;
using OrderInventory.ServiceDefaults;

namespace InventoryApp;

/// <summary>The instruments of inventory-app. Releases and fences are outcomes of <c>inventory.deduction.total</c>.</summary>
internal sealed class Telemetry
{
    private readonly Counter<long> _deductions;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _saveRetries;
    private readonly Counter<long> _damaged;
    private readonly Histogram<int> _batchSize;
    private int _waiting;

    public Telemetry(IMeterFactory meters)
    {
        var meter = meters.Create(ServiceDefaults.TelemetryName);
        _deductions = meter.CreateCounter<long>("inventory.deduction.total", description: "Recorded operations on order lines, by kind and outcome.");
        _duplicates = meter.CreateCounter<long>("inventory.duplicates.total", description: "Commands that had been recorded before.");
        _saveRetries = meter.CreateCounter<long>("inventory.save.retries.total", description: "Saves of a stock document that were not confirmed, by cause: conflict (another writer won) or unconfirmed.");
        _damaged = meter.CreateCounter<long>("inventory.damaged.total", description: "Commands and requests that met a missing or damaged stock document.");
        _batchSize = meter.CreateHistogram<int>("inventory.batch.size", description: "Commands that share one round.");
        // Shown also while it is 0: that nobody shows it means that no inventory-app runs.
        meter.CreateObservableUpDownCounter("inventory.queue.depth", () => Volatile.Read(ref _waiting), description: "Commands that wait for their decision.");
    }

    /// <summary>Counts one decided command.</summary>
    public void Decided(StockDecision.Recorded decision)
    {
        var operation = decision.Operation;
        if (!decision.IsNew) _duplicates.Add(1, new KeyValuePair<string, object?>("operation", operation.Kind.Word()));
        else _deductions.Add(1, new("operation", operation.Kind.Word()), new KeyValuePair<string, object?>("outcome", operation.Outcome));
    }

    /// <summary>Counts one save that has to be tried again or was found applied.</summary>
    public void SaveRetried(bool conflict) => _saveRetries.Add(1, new KeyValuePair<string, object?>("cause", conflict ? "conflict" : "unconfirmed"));

    /// <summary>Counts one command or request that could not be served because of what is stored.</summary>
    public void Damaged() => _damaged.Add(1);

    /// <summary>Notes the size of a round.</summary>
    public void RoundStarted(int commands) => _batchSize.Record(commands);

    /// <summary>Commands that began or, negative, ended to wait.</summary>
    public void Waiting(int change) => Interlocked.Add(ref _waiting, change);
}
