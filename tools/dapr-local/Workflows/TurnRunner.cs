using System.Globalization;
using System.Security.Cryptography;
using Dapr.TaskHub.Protos;
using DaprLocal.Costs;
using DaprLocal.Storage;
using Microsoft.Data.Sqlite;

namespace DaprLocal.Workflows;

/// <summary>Runs turns and activities: reads what is ready, hands it to workers, and commits their answers.</summary>
internal sealed class TurnRunner(EngineContext context)
{
    private const int MaxEventsPerTurn = 1_000;
    private const int MaxRejections = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly string _boot = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
    private long _dispatches;

    /// <summary>Hands out work until the table is closed.</summary>
    public async Task RunAsync()
    {
        while (await context.Table.Changed.WaitToReadAsync())
        {
            context.Table.Changed.TryRead(out _);
            while (DispatchTurn() | context.Table.SendActivity())
            {
            }
        }
    }

    /// <summary>Commits the answer of a turn; an answer to something that is not out is ignored.</summary>
    public async Task CompleteTurnAsync(WorkflowResponse response)
    {
        if (context.Table.Claim(response.InstanceId, response.CompletionToken) is not { } slot)
        {
            context.Logger.StaleAnswer("a turn", response.InstanceId);
            return;
        }

        try
        {
            if (context.Costs.IsOn) await ChargeAsync(slot.Turn!.Plan.NewEvents, response);
            await CompleteAsync(slot, slot.Turn!, response);
        }
        catch (Exception error)
        {
            // Nothing of the turn is committed and its state is gone from memory: it is read and sent again.
            context.Logger.TurnFailed(error, slot.InstanceId);
            _ = RequeueLaterAsync(slot);
            throw;
        }
    }

    /// <summary>Commits the result of an activity; a result that nobody waits for is ignored.</summary>
    public async Task CompleteActivityAsync(ActivityResponse response)
    {
        var key = response.CompletionToken.Length > 0
            ? WorkItems.ParseActivityToken(response.CompletionToken)
            : context.Table.FindActivity(response.InstanceId, response.TaskId);
        var effects = key is { } found ? await context.Database.WriteAsync(writer => Resolve(writer, found, response)) : null;
        if (effects is null)
        {
            context.Logger.StaleAnswer("an activity", response.InstanceId);
            return;
        }

        context.Table.RemoveActivity(key!.Value);
        context.Apply(effects);
    }

    // On the real Dapr an event of the history costs when it comes about; here it is charged with the turn that sees it. A timer
    // costs when it is made, a job of the scheduler: most never fire.
    private async Task ChargeAsync(IEnumerable<HistoryEvent> events, WorkflowResponse response)
    {
        var timers = response.Actions.Where(action => action.CreateTimer is not null).Select(_ => Operation.Timer);
        foreach (var operation in events.Select(OperationOf).OfType<Operation>().Concat(timers)) await context.Costs.ChargeAsync(operation, 1, context.Closing.Token);
    }

    private static Operation? OperationOf(HistoryEvent e) => e.EventTypeCase switch
    {
        HistoryEvent.EventTypeOneofCase.ExecutionStarted => Operation.Workflow,
        HistoryEvent.EventTypeOneofCase.TaskCompleted or HistoryEvent.EventTypeOneofCase.TaskFailed => Operation.Activity,
        HistoryEvent.EventTypeOneofCase.EventRaised => Operation.Event,
        _ => null,
    };

    private CommitEffects? Resolve(SqliteWriter writer, ActivityKey key, ActivityResponse response)
    {
        if (Writes.TakeActivity(writer, key.ExecutionId, key.TaskId) is not { } work) return null;
        var effects = new CommitEffects();
        var scheduled = work.Scheduled.TaskScheduled;
        var now = context.Time.GetUtcNow();
        HistoryEvent result;
        if (response.FailureDetails is { } failure)
        {
            result = Events.TaskFailed(now, key.TaskId, scheduled.TaskExecutionId, failure, work.Scheduled.Router);
        }
        else
        {
            result = Events.New(now);
            result.TaskCompleted = new TaskCompletedEvent { TaskScheduledId = key.TaskId, Result = response.Result, TaskExecutionId = scheduled.TaskExecutionId };
            result.Router = work.Scheduled.Router;
        }

        if (context.Writes.Deliver(writer, work.Run, result)) effects.Ready.Add(work.Run.InstanceId);
        return effects;
    }

    private bool DispatchTurn()
    {
        if (context.Table.TakeReady() is not { } slot) return false;
        try
        {
            Dispatch(slot);
        }
        catch (Exception error)
        {
            // Whatever is wrong with one instance, the others go on.
            context.Logger.TurnFailed(error, slot.InstanceId);
            _ = RequeueLaterAsync(slot);
        }

        return true;
    }

    private void Dispatch(TurnSlot slot)
    {
        var (head, inbox) = context.Database.Read(reader => (Rows.Head(reader, slot.InstanceId), Rows.Inbox(reader, slot.InstanceId, MaxEventsPerTurn)));
        var isParked = head is { Status: OrchestrationStatus.Stalled } && !slot.Retry;
        slot.Retry = false;
        if (head is null || inbox.Count == 0 || isParked)
        {
            context.Table.Finish(slot, again: false);
            return;
        }

        var run = new RunIdentity(slot.InstanceId, head.ExecutionId);
        var state = Load(run, head.HistoryLength);
        var plan = TurnPlan.Make(state, inbox, inbox.Count == MaxEventsPerTurn, context.Time.GetUtcNow());
        if (plan.NewEvents.Count == 0)
        {
            context.Cache.Put(state);
            _ = SettleAsync(slot, () => DiscardAsync(slot, plan));
            return;
        }

        var token = string.Create(CultureInfo.InvariantCulture, $"{_boot}:{++_dispatches}:{head.ExecutionId}");
        var turn = new TurnInFlight(state, plan, token);
        if (context.Payload.Problem(state, plan.NewEvents) is { } problem)
        {
            _ = SettleAsync(slot, () => CommitAsync(slot, turn, TurnOutcome.Stalled(state, StalledReason.PayloadSizeExceeded, problem, context.Time.GetUtcNow())));
            return;
        }

        context.Table.Send(slot, turn, WorkItems.ForTurn(turn));
    }

    private RunState Load(RunIdentity run, int length)
    {
        if (context.Cache.Take(run, length) is { } cached) return cached;
        var history = length == 0 ? [] : context.Database.Read(reader => Rows.History(reader, run.ExecutionId));
        return RunState.From(run.InstanceId, run.ExecutionId, history);
    }

    // What the dispatcher has to save itself; it does not wait for it.
    private async Task SettleAsync(TurnSlot slot, Func<Task> save)
    {
        try
        {
            await save();
        }
        catch (Exception error) when (error is SqliteException or System.Threading.Channels.ChannelClosedException)
        {
            context.Logger.TurnFailed(error, slot.InstanceId);
            _ = RequeueLaterAsync(slot);
        }
    }

    private async Task DiscardAsync(TurnSlot slot, TurnPlan plan)
    {
        await context.Database.WriteAsync(writer => plan.Consumed.ToList().ForEach(sequence => Writes.Consume(writer, sequence)));
        context.Table.Finish(slot, plan.More);
    }

    private async Task CompleteAsync(TurnSlot slot, TurnInFlight turn, WorkflowResponse response)
    {
        var outcome = new TurnApplier(
            turn.State, turn.Plan.NewEvents, response, context.AppId, context.Payload, context.Time.GetUtcNow(), context.NewExecutionId, isLastTry: slot.Rejections == MaxRejections - 1).Apply();
        if (outcome.Verdict == TurnVerdict.Reject)
        {
            context.Logger.ResponseRejected(slot.InstanceId, outcome.Problem!);
            context.Cache.Put(turn.State);
            // Once is a stray answer to an older turn; more often it is the worker's mistake.
            if (++slot.Rejections == 1) context.Table.Finish(slot, again: true);
            else _ = RequeueLaterAsync(slot);
            return;
        }

        slot.Rejections = 0;
        await CommitAsync(slot, turn, outcome);
    }

    private async Task CommitAsync(TurnSlot slot, TurnInFlight turn, TurnOutcome outcome)
    {
        var state = turn.State;
        var run = new RunIdentity(state.InstanceId, state.ExecutionId);
        InstanceRecord record;
        if (outcome.Verdict == TurnVerdict.ContinueAsNew)
        {
            record = Records.NextGeneration(outcome);
        }
        else
        {
            foreach (var e in outcome.Events) state.Append(e);
            record = Records.Of(state, outcome.CustomStatus);
        }

        var commit = new TurnCommit(context.Writes, run, turn.HistoryLength, turn.Plan.Consumed, outcome, record, Retention.DueOf(context.Retention, record), context.Time.GetUtcNow());
        if (await context.Database.WriteAsync(commit.Execute) is not { } effects)
        {
            context.Table.Finish(slot, again: true);
            return;
        }

        if (outcome.Verdict != TurnVerdict.ContinueAsNew && !record.IsTerminal) context.Cache.Put(state);
        Report(slot, outcome);
        context.Apply(effects);
        context.Table.Finish(slot, again: outcome.Verdict == TurnVerdict.ContinueAsNew || (turn.Plan.More && outcome.Verdict == TurnVerdict.Commit));
        context.Watchers.Notify(run.InstanceId, record.Status);
    }

    private void Report(TurnSlot slot, TurnOutcome outcome)
    {
        if (outcome.Problem is not { } problem) return;
        if (outcome.Verdict == TurnVerdict.Stall)
        {
            context.Logger.WorkflowStalled(slot.InstanceId, problem);
            context.Watchers.Fail(slot.InstanceId, WorkflowFault.StalledMeanwhile(slot.InstanceId));
        }
        else
        {
            context.Logger.WorkflowRefused(slot.InstanceId, problem);
        }
    }

    private async Task RequeueLaterAsync(TurnSlot slot)
    {
        await Task.Delay(Pause, context.Time, context.Closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Table.Finish(slot, again: true);
    }
}
