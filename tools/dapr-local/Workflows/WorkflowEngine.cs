using System.Runtime.CompilerServices;
using Dapr.TaskHub.Protos;
using DaprLocal.Config;
using DaprLocal.Storage;

namespace DaprLocal.Workflows;

/// <summary>
/// The workflow engine of one app: durable on one SQLite file, transport-neutral. Every accepted request and every answer
/// of a worker is on disk when its task ends; after a crash, opening the file goes on where the last commit was.
/// </summary>
internal sealed class WorkflowEngine : IAsyncDisposable
{
    private const int MaxPage = 10_000;
    private readonly EngineContext _context;
    private readonly TurnRunner _runner;
    private Task _dispatching = Task.CompletedTask;

    private WorkflowEngine(EngineContext context)
    {
        _context = context;
        _runner = new TurnRunner(context);
    }

    /// <summary>Number of connected workers.</summary>
    public int ConnectedWorkers => _context.Table.Workers;

    /// <summary>Whether the end has begun: what is asked from now on may fail in any way, and belongs to the engine that opens the file next.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>The app whose workflows these are.</summary>
    public string AppId => _context.AppId;

    /// <summary>Opens or creates the file; everything that was under way goes on.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The file cannot be opened or is not a database.</exception>
    public static async Task<WorkflowEngine> OpenAsync(
        SidecarOptions options, string path, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var database = SqliteDatabase.Open(path, WorkflowSchema.Sql);
        try
        {
            var last = await database.WriteAsync(writer => writer.Command("SELECT COALESCE(MAX(seq), 0) FROM inbox").ExecuteScalar() as long? ?? 0, cancellationToken);
            var engine = new WorkflowEngine(new EngineContext(options, database, new Writes(last), time, logger));
            engine.Recover(path);
            return engine;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates an instance; unless a start time is set, returns after its first turn.</summary>
    /// <exception cref="WorkflowFault">The id is in use.</exception>
    public async Task StartAsync(CreateInstanceRequest request, CancellationToken cancellationToken)
    {
        var now = _context.Time.GetUtcNow();
        var scheduled = request.ScheduledStartTimestamp;
        var due = scheduled?.ToDateTime().Ticks;
        using var watch = scheduled is null ? _context.Watchers.Add(request.InstanceId, status => status != OrchestrationStatus.Pending) : null;
        var start = Events.ExecutionStarted(now, AppId, new ExecutionStartedEvent
        {
            Name = request.Name,
            Input = request.Input,
            WorkflowInstance = new WorkflowInstance { InstanceId = request.InstanceId, ExecutionId = _context.NewExecutionId() },
            ScheduledStartTimestamp = scheduled,
            ParentTraceContext = request.ParentTraceContext,
            WorkflowSpanID = TraceContexts.SpanOf(request.ParentTraceContext),
        });
        var effects = await _context.Database.WriteAsync(writer => Create(writer, start, due > now.UtcTicks ? due : null), cancellationToken);
        _context.Apply(effects);
        if (watch is not null) await watch.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The instance, or null.</summary>
    public InstanceRecord? Get(string instanceId) => _context.Database.Read(reader => Rows.Instance(reader, instanceId));

    /// <summary>Waits until the instance has a status that meets the condition; an id that does not exist (yet) is waited for.</summary>
    public async Task<InstanceRecord> WaitAsync(string instanceId, Func<OrchestrationStatus, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var watch = _context.Watchers.Add(instanceId, condition);
            var record = Get(instanceId);
            if (record is not null && condition(record.Status)) return record;
            await watch.Done.Task.WaitAsync(cancellationToken);
            record = Get(instanceId);
            if (record is not null) return record;
        }
    }

    /// <summary>Puts an external event into the inbox; for an instance that is over it is dropped.</summary>
    /// <exception cref="WorkflowFault">There is no such instance, or it is stalled.</exception>
    public Task RaiseEventAsync(string instanceId, string name, string? input, CancellationToken cancellationToken) =>
        SubmitAsync(instanceId, Events.Raised(_context.Time.GetUtcNow(), name, input), null, cancellationToken);

    /// <summary>Asks the instance to terminate; returns when it is over.</summary>
    /// <exception cref="WorkflowFault">There is no such instance, or it is stalled.</exception>
    public Task TerminateAsync(string instanceId, string? output, bool recursive, CancellationToken cancellationToken) =>
        SubmitAsync(instanceId, Events.Terminated(_context.Time.GetUtcNow(), output, recursive), status => status.IsTerminal(), cancellationToken);

    /// <summary>Asks the instance to suspend; returns when it is suspended or over.</summary>
    /// <exception cref="WorkflowFault">There is no such instance, or it is stalled.</exception>
    public Task SuspendAsync(string instanceId, string? reason, CancellationToken cancellationToken)
    {
        var e = Events.New(_context.Time.GetUtcNow());
        e.ExecutionSuspended = new ExecutionSuspendedEvent { Input = reason };
        return SubmitAsync(instanceId, e, status => status == OrchestrationStatus.Suspended || status.IsTerminal(), cancellationToken);
    }

    /// <summary>Asks the instance to resume; returns when it is running or over.</summary>
    /// <exception cref="WorkflowFault">There is no such instance, or it is stalled.</exception>
    public Task ResumeAsync(string instanceId, string? reason, CancellationToken cancellationToken)
    {
        var e = Events.New(_context.Time.GetUtcNow());
        e.ExecutionResumed = new ExecutionResumedEvent { Input = reason };
        return SubmitAsync(instanceId, e, status => status == OrchestrationStatus.Running || status.IsTerminal(), cancellationToken);
    }

    /// <summary>Removes an instance that is over (any, with <paramref name="force"/>) and, if asked to, its descendants; the number removed.</summary>
    /// <exception cref="WorkflowFault">There is no such instance, or one is not over.</exception>
    public async Task<int> PurgeAsync(string instanceId, bool recursive, bool force, CancellationToken cancellationToken)
    {
        var effects = new CommitEffects();
        var count = await _context.Database.WriteAsync(writer => InstanceCreation.Purge(writer, instanceId, recursive, force, effects), cancellationToken);
        _context.Apply(effects);
        return count;
    }

    /// <summary>The committed history, or null if there is no such instance.</summary>
    public IReadOnlyList<HistoryEvent>? GetHistory(string instanceId) => _context.Database.Read(reader =>
        Rows.Head(reader, instanceId) is { } head ? Rows.History(reader, head.ExecutionId) : null);

    /// <summary>One page of instance ids, oldest first; <paramref name="after"/> is the token of the page before.</summary>
    public (IReadOnlyList<string> Ids, long? Next) List(long after, int pageSize) =>
        _context.Database.Read(reader => Rows.List(reader, after, pageSize is > 0 and < MaxPage ? pageSize : MaxPage));

    /// <summary>Connects a worker: the work it is to do, until it goes away. What it has not answered then is given to others.</summary>
    public async IAsyncEnumerable<WorkItem> ConnectWorkerAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = _context.Table.Connect();
        _context.Logger.WorkerConnected(ConnectedWorkers);
        try
        {
            foreach (var id in _context.Database.Read(Rows.Stalled)) _context.Table.MarkReady(id, retry: true);
            await foreach (var item in stream.Items.ReadAllAsync(cancellationToken))
            {
                yield return item;
                _context.Table.Signal();
            }
        }
        finally
        {
            var (turns, activities) = _context.Table.Disconnect(stream);
            _context.Logger.WorkerGone(ConnectedWorkers, turns, activities);
        }
    }

    /// <summary>Takes the answer of a turn; it is on disk when the task ends. An answer that fits nothing is ignored.</summary>
    public Task CompleteTurnAsync(WorkflowResponse response) => _runner.CompleteTurnAsync(response);

    /// <summary>Takes the result of an activity; it is on disk when the task ends. A result that fits nothing is ignored.</summary>
    public Task CompleteActivityAsync(ActivityResponse response) => _runner.CompleteActivityAsync(response);

    /// <summary>Ends the streams, commits what is queued and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        IsClosing = true;
        await _context.Closing.CancelAsync();
        _context.Table.Close();
        _context.Watchers.Close();
        await _dispatching;
        await _context.Timers.DisposeAsync();
        await _context.Database.DisposeAsync();
        _context.Closing.Dispose();
        _context.Cache.Dispose();
    }

    private void Recover(string path)
    {
        var instances = _context.Database.Read(Rows.Ready);
        var activities = _context.Database.Read(Rows.Activities);
        foreach (var id in instances) _context.Table.MarkReady(id);
        _context.Table.AddActivities(activities);
        _context.Timers.Start(_context.Database.Read(Rows.NextDue));
        _context.Logger.Opened(AppId, path, instances.Count, activities.Count);
        _dispatching = Task.Run(_runner.RunAsync);
    }

    private CommitEffects Create(SqliteWriter writer, HistoryEvent start, long? due)
    {
        var effects = new CommitEffects();
        var id = start.ExecutionStarted.WorkflowInstance.InstanceId;
        if (Rows.Head(writer, id) is { Status: OrchestrationStatus.Stalled }) throw WorkflowFault.Stalled(id);
        if (InstanceCreation.MakeRoom(writer, id, effects) is { } problem) throw new WorkflowFault(WorkflowFaultKind.AlreadyExists, problem);
        _context.Writes.Insert(writer, start, due);
        effects.NoteDue(due);
        if (due is null) effects.Ready.Add(id);
        return effects;
    }

    private async Task SubmitAsync(string instanceId, HistoryEvent e, Func<OrchestrationStatus, bool>? until, CancellationToken cancellationToken)
    {
        using var watch = until is null ? null : _context.Watchers.Add(instanceId, until);
        var status = await _context.Database.WriteAsync(writer => Submit(writer, instanceId, e), cancellationToken);
        _context.Table.MarkReady(instanceId);
        watch?.Try(status);
        if (watch is not null) await watch.Done.Task.WaitAsync(cancellationToken);
    }

    private OrchestrationStatus Submit(SqliteWriter writer, string instanceId, HistoryEvent e)
    {
        var head = Rows.Head(writer, instanceId) ?? throw WorkflowFault.NoSuchInstance();
        if (head.Status == OrchestrationStatus.Stalled) throw WorkflowFault.Stalled(instanceId);
        _context.Writes.Deliver(writer, new RunIdentity(instanceId, head.ExecutionId), e);
        return head.Status;
    }
}
