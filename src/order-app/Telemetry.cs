using System.Diagnostics.Metrics;
using OrderApp.Domain;
using OrderApp.Orders;
using OrderInventory.ServiceDefaults;

namespace OrderApp;

/// <summary>The instruments of order-app.</summary>
internal sealed class Telemetry
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _commands;
    private readonly Counter<long> _transitions;
    private readonly Counter<long> _redriven;
    private int _stuck;

    public Telemetry(IMeterFactory meters)
    {
        var meter = meters.Create(ServiceDefaults.TelemetryName);
        _requests = meter.CreateCounter<long>("orders.created.total", description: "Requests to place an order, by outcome: created, replayed or key_reused.");
        _commands = meter.CreateCounter<long>("orders.commands.total", description: "Commands of clients, by command and outcome: done, accepted, refused, too_late or unknown.");
        _transitions = meter.CreateCounter<long>("orders.transitions.total", description: "Recorded status transitions, by status and reason.");
        _redriven = meter.CreateCounter<long>("orders.redriven.total", description: "Stuck orders that were asked for once more.");
        meter.CreateObservableGauge("orders.stuck", () => Volatile.Read(ref _stuck), description: "Orders that are on their way for too long, as of the last search.");
    }

    /// <summary>Counts one answered request.</summary>
    public void Placed(Placement outcome) => _requests.Add(1, new KeyValuePair<string, object?>("outcome", outcome switch
    {
        Placement.Created => "created",
        Placement.Replayed => "replayed",
        _ => "key_reused",
    }));

    /// <summary>Counts one answered command.</summary>
    public void Commanded(OrderCommand command, CommandOutcome outcome) => _commands.Add(1, new("command", command.ToString().ToUpperInvariant()), new KeyValuePair<string, object?>("outcome", outcome switch
    {
        CommandOutcome.Done => "done",
        CommandOutcome.Accepted => "accepted",
        CommandOutcome.Refused => "refused",
        CommandOutcome.TooLate => "too_late",
        _ => "unknown",
    }));

    /// <summary>Counts one transition. A reason in a client's own words counts as OTHER, so that the series stay few.</summary>
    public void Reached(OrderStatus status, string? reason) =>
        _transitions.Add(1, new("status", status.Word()), new KeyValuePair<string, object?>("reason", reason is null || Reasons.IsCode(reason) ? reason : "OTHER"));

    /// <summary>Counts one stuck order that was asked for once more.</summary>
    public void Redriven() => _redriven.Add(1);

    /// <summary>Sets the number of stuck orders.</summary>
    public void Stuck(int count) => Volatile.Write(ref _stuck, count);
}
