using System.Diagnostics.Metrics;
using OrderApp.Domain;
using OrderApp.Orders;
using OrderInventory.ServiceDefaults;

namespace OrderApp;

/// <summary>The instruments of order-app.</summary>
internal sealed class Telemetry
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _transitions;

    public Telemetry(IMeterFactory meters)
    {
        var meter = meters.Create(ServiceDefaults.TelemetryName);
        _requests = meter.CreateCounter<long>("orders.created.total", description: "Requests to place an order, by outcome: created, replayed or key_reused.");
        _transitions = meter.CreateCounter<long>("orders.transitions.total", description: "Recorded status transitions, by status and reason.");
    }

    /// <summary>Counts one answered request.</summary>
    public void Placed(Placement outcome) => _requests.Add(1, new KeyValuePair<string, object?>("outcome", outcome switch
    {
        Placement.Created => "created",
        Placement.Replayed => "replayed",
        _ => "key_reused",
    }));

    /// <summary>Counts one transition.</summary>
    public void Reached(OrderStatus status, string? reason) =>
        _transitions.Add(1, new("status", status.Word()), new KeyValuePair<string, object?>("reason", reason));
}
