using System.Diagnostics.Metrics;
using InventoryApp.Domain;
using OrderInventory.ServiceDefaults;

namespace InventoryApp;

/// <summary>The instruments of inventory-app.</summary>
internal sealed class Telemetry
{
    private readonly Counter<long> _deductions;
    private readonly Counter<long> _duplicates;

    public Telemetry(IMeterFactory meters)
    {
        var meter = meters.Create(ServiceDefaults.TelemetryName);
        _deductions = meter.CreateCounter<long>("inventory.deduction.total", description: "Recorded operations on order lines, by kind and outcome.");
        _duplicates = meter.CreateCounter<long>("inventory.duplicates.total", description: "Commands that had been recorded before.");
    }

    /// <summary>Counts one decided command.</summary>
    public void Decided(StockDecision.Recorded decision)
    {
        var operation = decision.Operation;
        if (!decision.IsNew) _duplicates.Add(1, new KeyValuePair<string, object?>("operation", operation.Kind));
        else _deductions.Add(1, new("operation", operation.Kind), new KeyValuePair<string, object?>("outcome", operation.Outcome));
    }
}
