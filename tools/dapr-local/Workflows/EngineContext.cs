using DaprLocal.Config;
using DaprLocal.Costs;
using DaprLocal.Storage;

namespace DaprLocal.Workflows;

/// <summary>The parts that the halves of the engine share, and what has to happen after every commit.</summary>
internal sealed class EngineContext(SidecarOptions options, SqliteDatabase database, Writes writes, TimeProvider time, ILogger logger)
{
    /// <summary>The app whose workflows these are.</summary>
    public string AppId => options.AppId;

    /// <summary>What turns cost.</summary>
    public CostModel Costs => options.Costs;

    /// <summary>The truth.</summary>
    public SqliteDatabase Database => database;

    /// <summary>Writing statements.</summary>
    public Writes Writes => writes;

    /// <summary>How long instances are kept when they are over.</summary>
    public WorkflowRetention Retention => options.Retention;

    /// <summary>What workers can take.</summary>
    public PayloadLimit Payload { get; } = new(options.MaxBodySize);

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Where to say things.</summary>
    public ILogger Logger => logger;

    /// <summary>Folded histories between turns.</summary>
    public RunCache Cache { get; } = new();

    /// <summary>Waiting callers.</summary>
    public InstanceWatchers Watchers { get; } = new();

    /// <summary>Ends when the engine is closed.</summary>
    public CancellationTokenSource Closing { get; } = new();

    /// <summary>Scheduling state.</summary>
    public WorkTable Table => field ??= new WorkTable(Cache);

    /// <summary>The timers.</summary>
    public TimerPump Timers => field ??= new TimerPump(time, FireAsync, logger);

    /// <summary>A fresh execution id; in order of time, so that the rows of one period lie together.</summary>
    public string NewExecutionId() => Guid.CreateVersion7(time.GetUtcNow()).ToString();

    /// <summary>Puts the consequences of a commit into the scheduling state.</summary>
    public void Apply(CommitEffects effects)
    {
        foreach (var key in effects.RemovedActivities) Table.RemoveActivity(key);
        foreach (var run in effects.Removed)
        {
            Cache.Remove(run.InstanceId);
            Table.Forget(run);
        }

        if (effects.Activities.Count > 0) Table.AddActivities(effects.Activities);
        Timers.Arm(effects.Due);
        foreach (var id in effects.Ready) Table.MarkReady(id);
    }

    private async Task<long?> FireAsync(long now)
    {
        var (effects, next) = await database.WriteAsync(writer => TimerFiring.FireDue(writer, writes, now));
        Apply(effects);
        return next;
    }
}
