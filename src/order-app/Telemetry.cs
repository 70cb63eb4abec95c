using System.Diagnostics;
using System.Diagnostics.Metrics;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults;

namespace OrderApp;

/// <summary>The instruments of order-app.</summary>
internal sealed class Telemetry
{
    /// <summary>The attribute of a request's span that says which order it is about.</summary>
    public const string OrderTag = "order.id";

    private static readonly ActivitySource Source = new(ServiceDefaults.TelemetryName);

    private readonly Counter<long> _requests;
    private readonly Counter<long> _commands;
    private readonly Counter<long> _transitions;
    private readonly Counter<long> _lookedAgain;
    private readonly Counter<long> _resumed;
    private readonly Counter<long> _notStarted;
    private readonly Counter<long> _damaged;
    private readonly Histogram<int> _groupSize;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _outcome;
    private readonly UpDownCounter<int> _active;
    private readonly TimeProvider _time;
    private int _stuck;
    private Func<int> _intake = () => 0;

    public Telemetry(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(ServiceDefaults.TelemetryName);
        _requests = meter.CreateCounter<long>("orders.created.total", description: "Requests to place an order, by outcome: created, replayed or key_reused.");
        _commands = meter.CreateCounter<long>("orders.commands.total", description: "Commands of clients, by command and outcome: done, accepted, refused, too_late or unknown.");
        _transitions = meter.CreateCounter<long>("orders.transitions.total", description: "Recorded status transitions, by status and reason.");
        _lookedAgain = meter.CreateCounter<long>("orders.groups.looked_again.total", description: "Groups that took long and were told to ask inventory once more.");
        _resumed = meter.CreateCounter<long>("orders.resumed.total", description: "Orders whose workflow was gone and that another group carries on.");
        _notStarted = meter.CreateCounter<long>("orders.groups.not_started.total", description: "Groups that the workflow engine did not start at once; they are started later, or the agenda carries on with their orders.");
        _damaged = meter.CreateCounter<long>("orders.damaged.total", description: "Reads of an order document that is damaged or of a newer version.");
        _groupSize = meter.CreateHistogram<int>("orders.round.size", description: "Requests that share one round of the intake.");
        meter.CreateObservableUpDownCounter("orders.intake.waiting", () => _intake(), description: "Requests that wait for a round of the intake.");
        _duration = meter.CreateHistogram<double>("transaction.duration", "s", "Time of one call of a group with all its writes and messages, by step and outcome: done or failed, which is tried again.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
        _active = meter.CreateUpDownCounter<int>("transaction.active", description: "Calls of groups that run now, by step.");
        _outcome = meter.CreateHistogram<double>(
            "orders.outcome.duration", "s", "Time from placing an order to its being CONFIRMED or CANCELLED.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.35, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 60, 300] });
        meter.CreateObservableGauge("orders.stuck", () => Volatile.Read(ref _stuck), description: "Orders that are on their way for too long, as of the last search.");
    }

    /// <summary>Counts one answered request.</summary>
    public void Placed(OrderOutcome outcome) => _requests.Add(1, new KeyValuePair<string, object?>("outcome", outcome switch
    {
        OrderOutcome.Created => "created",
        OrderOutcome.Replayed => "replayed",
        _ => "key_reused",
    }));

    /// <summary>Counts one answered command.</summary>
    public void Commanded(OrderCommand command, OrderOutcome outcome) => _commands.Add(1, new("command", command.ToString().ToUpperInvariant()), new KeyValuePair<string, object?>("outcome", outcome switch
    {
        OrderOutcome.Done => "done",
        OrderOutcome.Accepted => "accepted",
        OrderOutcome.Refused => "refused",
        OrderOutcome.RefusedByInventory => "refused_by_inventory",
        OrderOutcome.TooLate => "too_late",
        OrderOutcome.Busy => "busy",
        _ => "unknown",
    }));

    /// <summary>
    /// Counts one transition, and how long an order took that was PENDING. A reason in a client's own words counts as OTHER, so
    /// that the series stay few.
    /// </summary>
    public void Reached(Order order, StatusChange change)
    {
        _transitions.Add(1, new("status", change.NewStatus.Word()), new KeyValuePair<string, object?>("reason", change.Reason is null || Reasons.IsCode(change.Reason) ? change.Reason : "OTHER"));
        if (change.OldStatus == OrderStatus.Pending) _outcome.Record((change.Time - order.CreatedTime).TotalSeconds, new KeyValuePair<string, object?>("status", change.NewStatus.Word()));
    }

    /// <summary>Notes the size of a round, and begins its span: a trace of its own, because its requests have many. Null when nobody listens.</summary>
    public Activity? RoundStarted(string group, int requests)
    {
        _groupSize.Record(requests);
        return Source.StartActivity("round of orders", ActivityKind.Internal)?.SetTag("order.group", group);
    }

    /// <summary>Shows how many requests wait.</summary>
    public void WatchIntake(Func<int> waiting) => _intake = waiting;

    /// <summary>Counts one group that was told to look again.</summary>
    public void LookedAgain() => _lookedAgain.Add(1);

    /// <summary>Counts orders that another group carries on.</summary>
    public void Resumed(int orders) => _resumed.Add(orders);

    /// <summary>Counts one group that the engine did not start.</summary>
    public void NotStarted() => _notStarted.Add(1);

    /// <summary>Counts one read of a damaged document.</summary>
    public void Damaged() => _damaged.Add(1);

    /// <summary>Runs one call of a group and notes how long it takes and whether it fails; its span gets the group's id.</summary>
    public async Task<T> MeasureAsync<T>(string step, string group, Func<Task<T>> work)
    {
        Activity.Current?.SetTag("order.group", group);
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

    /// <summary>Sets the number of stuck orders.</summary>
    public void Stuck(int count) => Volatile.Write(ref _stuck, count);
}
