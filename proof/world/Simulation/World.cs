using System.Collections.Immutable;
using System.Globalization;
using InventoryApp;
using OrderApp;
using OrderApp.Storage;

namespace OrderInventory.Proof.Simulation;

/// <summary>A step as it happened.</summary>
/// <param name="Number">Its place in the run, from 0.</param>
/// <param name="Situation">Where the run stood before it; null when nobody asked.</param>
internal sealed record Happened(int Number, string Text, IReadOnlyList<Fault> Faults, Fault Fault, DateTimeOffset Time, string? Situation);

/// <summary>Which steps of a run go wrong, and how.</summary>
internal sealed record Schedule(ImmutableSortedDictionary<int, Fault> Faults)
{
    public static readonly Schedule Clean = new(ImmutableSortedDictionary<int, Fault>.Empty);

    /// <summary>The same with one more fault.</summary>
    public Schedule With(int step, Fault fault) => new(Faults.Add(step, fault));

    public override string ToString() => string.Join(',', Faults.Select(fault => $"{fault.Key}:{fault.Value}"));
}

/// <summary>
/// One run: both apps' real code, and around it a sidecar, a broker, a workflow engine, stores and time that are simulated.
/// All that has an effect outside of a process is a <see cref="Step"/>; the world lets one happen after the other, with
/// the faults of the schedule, so the same schedule always gives the same run. It has to run on the thread pool, which
/// has one thread: when nothing is queued there, all code waits for the world.
/// </summary>
internal sealed class World : IDisposable
{
    /// <summary>What the keys of the pages of the agenda begin with.</summary>
    public const string AgendaPage = "agenda:";

    private const int MaxSteps = 2_000;

    // Often enough for a group that is due after half a minute and one that is late, then now and then.
    private static readonly IReadOnlyList<TimeSpan> Looks =
        [TimeSpan.FromSeconds(42), TimeSpan.FromSeconds(80), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(8), .. Enumerable.Range(1, 12).Select(i => TimeSpan.FromMinutes((10 * i) + 2))];

    // Enough for a save that is applied a minute late, and for a look that goes wrong itself.
    private const int LooksAtNotes = 5;

    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly Schedule _schedule;
    private readonly Queue<Step> _ready = new();
    private readonly Queue<Step> _delayed = new();
    private readonly List<Happened> _story = [];
    private readonly AppProcess[] _inventory;
    private readonly OrderOptions _options;
    private readonly InventoryOptions _inventoryOptions;
    private AppProcess _orders;
    private DateTimeOffset _nextLook;

    public World(Schedule schedule, OrderOptions? options = null, bool tellsStock = false)
    {
        _inventoryOptions = new InventoryOptions { PublishStockChanges = tellsStock };
        _schedule = schedule;
        _options = options ?? new OrderOptions();
        Time = new VirtualTime(Start);
        Clock = new VirtualTime.Clock(Time);
        State = new SimulatedState(Clock);
        Broker = new SimulatedBroker(this);
        Engine = new SimulatedEngine(this);
        _orders = Begin(AppDefinition.Orders, AppDefinition.Orders.Name);
        _inventory = [Begin(AppDefinition.Inventory, "inventory-app 1"), Begin(AppDefinition.Inventory, "inventory-app 2")];
        AwaitLook(0, wasIdle: false);
    }

    /// <summary>When it began.</summary>
    public static DateTimeOffset Beginning => Start;

    /// <summary>A command that can come before any step of a workflow; null when the scenario has none, or it has come.</summary>
    public Func<Task>? Interloper { get; set; }

    public VirtualTime Time { get; }

    /// <summary>The clock of everything that never crashes.</summary>
    public VirtualTime.Clock Clock { get; }

    public SimulatedState State { get; }

    public SimulatedBroker Broker { get; }

    public SimulatedEngine Engine { get; }

    /// <summary>The running process of order-app.</summary>
    public AppProcess Orders => _orders;

    /// <summary>The running processes of inventory-app.</summary>
    public IReadOnlyList<AppProcess> Inventory => _inventory;

    /// <summary>What happened so far.</summary>
    public IReadOnlyList<Happened> Story => _story;

    /// <summary>What the clients know, for <see cref="Situation"/>; null when nobody asks where the run stands.</summary>
    public Func<IEnumerable<string>>? Clients { get; set; }

    /// <summary>The requests that clients still want an answer to; each says what it is.</summary>
    public List<object> Open { get; } = [];

    /// <summary>The times that anything waits for, in their order, but for the next look at the agenda, which always comes.</summary>
    public IEnumerable<DateTimeOffset> Awaited => Time.Awaited.Where(due => due != _nextLook);

    /// <summary>What can happen next, in its order.</summary>
    public IEnumerable<string> Next => [.. _ready.Concat(_delayed).Where(step => !step.IsVoid).Select(step => step.Text)];

    /// <summary>What the code under test threw where nobody catches it.</summary>
    public List<string> Broken { get; } = [];

    /// <summary>Adds something that can happen.</summary>
    public void Add(Step step) => _ready.Enqueue(step);

    /// <summary>Adds something that can happen when nothing else can.</summary>
    public void AddLast(Step step) => _delayed.Enqueue(step);

    /// <summary>Lets <paramref name="work"/> go on beside the steps; that it fails breaks the run.</summary>
    public void Go(Task work) => work.ContinueWith(
        failed => Broken.Add(failed.Exception!.GetBaseException().ToString()), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Lets everything happen until nothing more can before <paramref name="horizon"/>.</summary>
    public async Task RunAsync(TimeSpan horizon)
    {
        while (true)
        {
            await Quiet.Async();
            if (TakeNext() is { } step)
            {
                if (_story.Count == MaxSteps)
                {
                    Broken.Add($"does not come to rest within {MaxSteps} steps");
                    return;
                }

                var fault = _schedule.Faults.GetValueOrDefault(_story.Count);
                _story.Add(new Happened(_story.Count, step.Text, step.Faults, fault, Time.Now, Clients is null ? null : await Situation.OfAsync(this)));
                if (fault != Fault.None && !step.Faults.Contains(fault))
                {
                    Broken.Add($"the schedule does not fit: step {_story.Count - 1} cannot have the fault {fault}");
                    return;
                }

                if (fault == Fault.Delayed) _delayed.Enqueue(step);
                else await step.RunAsync(fault);
            }
            else if (!Time.AdvanceToNext(Start + horizon))
            {
                foreach (var missing in _schedule.Faults.Keys.Where(number => number >= _story.Count)) Broken.Add($"the schedule does not fit: there is no step {missing}, the run has {_story.Count}");
                return;
            }
        }
    }

    /// <summary>The interloper's command comes now.</summary>
    public void LetInterloperGo()
    {
        if (Interloper is not { } interloper) return;
        Interloper = null;
        Go(interloper());
    }

    /// <summary>The process dies; the next one of the same app is there at once.</summary>
    public void Crash(AppProcess process)
    {
        if (process.IsDead) return;
        process.Die();
        if (process == _orders) _orders = Begin(AppDefinition.Orders, process.Name);
        else _inventory[Array.IndexOf(_inventory, process)] = Begin(AppDefinition.Inventory, process.Name);
        Broker.Lost(process);
        Engine.Lost(process);
    }

    /// <summary>Ends the workers: their timers would keep the whole run in memory.</summary>
    public void Dispose()
    {
        foreach (var process in (AppProcess[])[_orders, .. _inventory]) process.Leave();
    }

    private AppProcess Begin(AppDefinition app, string name) => new(this, app, name, _options, _inventoryOptions);

    /// <summary>True for a page of the agenda, agenda:SLOT:SHARD, whose time has come.</summary>
    private bool IsDue(string page) => long.Parse(page.Split(':')[1], CultureInfo.InvariantCulture) <= AgendaPages.SlotOf(Time.Now);

    /// <summary>Looks at the agenda, but not again where the look before found nothing and nothing has changed since: it would find nothing either.</summary>
    private void AwaitLook(int number, bool wasIdle)
    {
        if (number == Looks.Count) return;
        _nextLook = Start + Looks[number];
        Clock.After(_nextLook - Time.Now, () =>
        {
            var isIdle = !Time.Awaited.Any() && Engine.IsEmpty && Broker.Undelivered == 0 && _orders.HasLookedAhead && !State.Keys(_orders.AppId, AgendaPage).Any(IsDue);
            if (!isIdle || !wasIdle) Add(new Step(null, "order-app looks at its agenda", [], _ => { Go(_orders.LookAtAgendaAsync()); return Task.CompletedTask; }));
            if (_inventoryOptions.PublishStockChanges && number < LooksAtNotes) Add(new Step(null, "inventory-app looks at its notes", [], _ => { Go(_inventory[0].LookAtNotesAsync()); return Task.CompletedTask; }));
            AwaitLook(number + 1, isIdle);
        });
    }

    private Step? TakeNext()
    {
        Broker.Offer();
        Engine.Offer();
        while (_ready.TryDequeue(out var step) || _delayed.TryDequeue(out step))
            if (!step.IsVoid) return step;
        return null;
    }
}
