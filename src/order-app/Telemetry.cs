using System.Diagnostics;
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
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _outcome;
    private readonly UpDownCounter<int> _active;
    private readonly TimeProvider _time;
    private int _stuck;

    public Telemetry(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(ServiceDefaults.TelemetryName);
        _requests = meter.CreateCounter<long>("orders.created.total", description: "Requests to place an order, by outcome: created, replayed or key_reused.");
        _commands = meter.CreateCounter<long>("orders.commands.total", description: "Commands of clients, by command and outcome: done, accepted, refused, too_late or unknown.");
        _transitions = meter.CreateCounter<long>("orders.transitions.total", description: "Recorded status transitions, by status and reason.");
        _redriven = meter.CreateCounter<long>("orders.redriven.total", description: "Stuck orders that were asked for once more.");
        _duration = meter.CreateHistogram<double>("transaction.duration", "s", "Time of one step of an order with all its writes and messages, by step and outcome: done or failed, which is tried again.");
        _active = meter.CreateUpDownCounter<int>("transaction.active", description: "Steps of orders that run now, by step.");
        _outcome = meter.CreateHistogram<double>(
            "orders.outcome.duration", "s", "Time from placing an order to its being CONFIRMED or CANCELLED.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });
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

    /// <summary>Notes how long an order that was PENDING took to be decided.</summary>
    public void Decided(OrderStatus status, TimeSpan time) => _outcome.Record(time.TotalSeconds, new KeyValuePair<string, object?>("status", status.Word()));

    /// <summary>Runs one step of an order and notes how long it takes and whether it fails; its span gets the order's id.</summary>
    public async Task<T> MeasureAsync<T>(string step, string orderId, Func<Task<T>> work)
    {
        Activity.Current?.SetTag("order.id", orderId);
        var tag = new KeyValuePair<string, object?>("step", step);
        var start = _time.GetTimestamp();
        var outcome = "failed";
        _active.Add(1, tag);
        try
        {
            var result = await work();
            outcome = "done";
            return result;
        }
        finally
        {
            _active.Add(-1, tag);
            _duration.Record(_time.GetElapsedTime(start).TotalSeconds, tag, new("outcome", outcome));
        }
    }

    /// <summary>Counts one stuck order that was asked for once more.</summary>
    public void Redriven() => _redriven.Add(1);

    /// <summary>Sets the number of stuck orders.</summary>
    public void Stuck(int count) => Volatile.Write(ref _stuck, count);
}
