using System.Globalization;
using Dapr.TaskHub.Protos;
using DaprLocal.Workflows;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace OrderInventory.Proof.Simulation;

/// <summary>
/// The workflow engine of order-app's sidecar: dapr-local's own rules for turns (which play the recordings of the real
/// daprd), with the work handed out step by step.
/// </summary>
internal sealed class SimulatedEngine(World world)
{
    private static readonly IReadOnlyList<Fault> TurnFaults = [Fault.AnswerLost, Fault.CrashAfter, Fault.Delayed, Fault.WorkflowLost];
    private static readonly IReadOnlyList<Fault> ActivityFaults = [Fault.Twice, Fault.CrashBefore, Fault.Delayed, Fault.WorkflowLost];
    private static readonly IReadOnlyList<Fault> ResultFaults = [Fault.AnswerLost, Fault.Twice, Fault.CrashAfter, Fault.Delayed, Fault.WorkflowLost];

    private readonly Dictionary<string, Instance> _instances = [];
    private readonly List<string> _started = [];
    private int _executions;

    /// <summary>The ids of all workflows that were ever started, in that order.</summary>
    public IEnumerable<string> Started => _started.Distinct();

    /// <summary>True when there is no workflow.</summary>
    public bool IsEmpty => _instances.Count == 0;

    /// <summary>The workflows, with all that happened to them and what they have to do.</summary>
    public IEnumerable<string> Situation => _instances.Values.Select(instance =>
        $"{instance.Id}, {instance.TurnOffered}: {string.Join(' ', instance.State.Events)}; inbox {string.Join(' ', instance.Inbox.Select(row => row.Event))}; to run {string.Join(' ', instance.ToRun)}; running {string.Join(' ', instance.Running.Select(running => running.Scheduled.EventId))}");

    /// <summary>How a workflow is.</summary>
    public GetInstanceResponse Describe(GetInstanceRequest request) => _instances.TryGetValue(request.InstanceId, out var instance)
        ? new GetInstanceResponse { Exists = true, WorkflowState = new WorkflowState { InstanceId = instance.Id, WorkflowStatus = instance.State.Status } }
        : new GetInstanceResponse();

    /// <summary>Removes a workflow that has ended.</summary>
    public PurgeInstancesResponse Purge(PurgeInstancesRequest request)
    {
        if (!_instances.TryGetValue(request.InstanceId, out var instance)) throw new RpcException(new Status(StatusCode.Unknown, WorkflowFault.NoSuchInstance().Message));
        if (instance.State.Completed is null) throw new RpcException(new Status(StatusCode.Unknown, "the workflow has not ended"));
        _instances.Remove(request.InstanceId);
        return new PurgeInstancesResponse { DeletedInstanceCount = 1 };
    }

    /// <summary>Starts an instance; one that has ended makes room, as on daprd.</summary>
    public void Start(CreateInstanceRequest request)
    {
        if (_instances.TryGetValue(request.InstanceId, out var found) && found.State.Completed is null)
            throw new RpcException(new Status(StatusCode.Unknown, WorkflowFault.Active(request.InstanceId).Message));
        _started.Add(request.InstanceId);
        var executionId = "run-" + (++_executions).ToString(CultureInfo.InvariantCulture);
        var instance = _instances[request.InstanceId] = new Instance(new RunState(request.InstanceId, executionId));
        instance.Put(Events.ExecutionStarted(world.Time.Now, "order-app", new ExecutionStartedEvent
        {
            Name = request.Name,
            Input = request.Input,
            WorkflowInstance = new WorkflowInstance { InstanceId = request.InstanceId, ExecutionId = executionId },
        }));
    }

    /// <summary>Raises an event; for an instance that has ended it has no effect.</summary>
    public void Raise(RaiseEventRequest request)
    {
        if (!_instances.TryGetValue(request.InstanceId, out var instance))
            throw new RpcException(new Status(StatusCode.Unknown, WorkflowFault.NoSuchInstance().Message));
        if (instance.State.Completed is null) instance.Put(Events.Raised(world.Time.Now, request.Name, request.Input));
    }

    /// <summary>Offers the turns and activities that wait for order-app.</summary>
    public void Offer()
    {
        foreach (var instance in _instances.Values.ToArray())
        {
            if (instance is { TurnOffered: false, Inbox.Count: > 0 })
            {
                instance.TurnOffered = true;
                world.Add(new Step(null, $"order-app takes a turn of the workflow of {instance.Id}", WithInterloper(TurnFaults), fault => MaybeLost(instance, fault) ? Task.CompletedTask : TurnAsync(instance, fault)));
            }

            while (instance.ToRun.TryDequeue(out var scheduled))
                world.Add(new Step(null, $"order-app begins {scheduled.TaskScheduled.Name} of {instance.Id}", WithInterloper(ActivityFaults), fault => MaybeLost(instance, fault) ? Task.CompletedTask : ActivityAsync(instance, scheduled, fault)));
        }
    }

    /// <summary>Activities that ran in a process that died are handed out again.</summary>
    public void Lost(AppProcess process)
    {
        foreach (var instance in _instances.Values)
        {
            foreach (var (_, scheduled) in instance.Running.Where(running => running.Process == process).DistinctBy(running => running.Scheduled.EventId)) instance.ToRun.Enqueue(scheduled);
            instance.Running.RemoveAll(running => running.Process == process);
        }
    }

    private IReadOnlyList<Fault> WithInterloper(IReadOnlyList<Fault> faults) => world.Interloper is null ? faults : [.. faults, Fault.Interloper];

    /// <summary>True when the workflow is gone. An interloper is let go first.</summary>
    private bool MaybeLost(Instance instance, Fault fault)
    {
        if (fault == Fault.Interloper) world.LetInterloperGo();
        if (fault == Fault.WorkflowLost) _instances.Remove(instance.Id);
        return !_instances.TryGetValue(instance.Id, out var found) || found != instance;
    }

    private async Task TurnAsync(Instance instance, Fault fault)
    {
        instance.TurnOffered = false;
        var process = world.Orders;
        var plan = TurnPlan.Make(instance.State, instance.Inbox, inboxHasMore: false, world.Time.Now);
        if (plan.NewEvents.Count > 0)
        {
            var response = await process.Worker.TakeTurnAsync(new WorkflowRequest { InstanceId = instance.Id, PastEvents = { instance.State.Events }, NewEvents = { plan.NewEvents } });
            if (fault == Fault.AnswerLost) return;
            var outcome = new TurnApplier(instance.State, plan.NewEvents, response, "order-app", new PayloadLimit(4 * 1024 * 1024), world.Time.Now, () => throw new InvalidOperationException("The order workflow has no children.")).Apply();
            if (outcome.Verdict != TurnVerdict.Commit) throw new InvalidOperationException($"The engine does not accept the turn: {outcome.Problem}");
            foreach (var e in outcome.Events) instance.State.Append(e);
            foreach (var activity in outcome.Activities) instance.ToRun.Enqueue(activity);
            foreach (var timer in outcome.Timers) Arm(instance, timer);
            if (instance.State.Completed is { ExecutionCompleted.WorkflowStatus: not OrchestrationStatus.Completed } failed)
                world.Broken.Add($"the workflow of {instance.Id} ended as {failed.ExecutionCompleted.WorkflowStatus}: {failed.ExecutionCompleted.FailureDetails?.ErrorMessage}");
        }

        instance.Inbox.RemoveAll(row => plan.Consumed.Contains(row.Sequence));
        if (fault == Fault.CrashAfter) world.Crash(process);
    }

    private Task ActivityAsync(Instance instance, HistoryEvent scheduled, Fault fault)
    {
        var process = world.Orders;
        world.Go(RunAsync(instance, scheduled, process));
        if (fault == Fault.Twice) world.Go(RunAsync(instance, scheduled, process));
        if (fault == Fault.CrashBefore) world.Crash(process);
        return Task.CompletedTask;
    }

    private async Task RunAsync(Instance instance, HistoryEvent scheduled, AppProcess process)
    {
        var task = scheduled.TaskScheduled;
        instance.Running.Add((process, scheduled));
        var response = await process.Worker.RunActivityAsync(new ActivityRequest
        {
            Name = task.Name,
            Input = task.Input,
            WorkflowInstance = new WorkflowInstance { InstanceId = instance.Id },
            TaskId = scheduled.EventId,
            TaskExecutionId = task.TaskExecutionId,
        });
        world.Add(new Step(process, $"order-app reports {(response.FailureDetails is null ? "" : "the failure of ")}{task.Name} of {instance.Id}", WithInterloper(ResultFaults), fault =>
        {
            if (MaybeLost(instance, fault)) return Task.CompletedTask;
            instance.Running.Remove((process, scheduled));
            if (fault == Fault.AnswerLost)
            {
                instance.ToRun.Enqueue(scheduled);
                return Task.CompletedTask;
            }

            instance.Put(Result(scheduled, response));
            if (fault == Fault.Twice) instance.Put(Result(scheduled, response));
            if (fault == Fault.CrashAfter) world.Crash(process);
            return Task.CompletedTask;
        }));
    }

    private HistoryEvent Result(HistoryEvent scheduled, ActivityResponse response)
    {
        if (response.FailureDetails is { } failure) return Events.TaskFailed(world.Time.Now, scheduled.EventId, scheduled.TaskScheduled.TaskExecutionId, failure, scheduled.Router);
        var completed = Events.New(world.Time.Now);
        completed.TaskCompleted = new TaskCompletedEvent { TaskScheduledId = scheduled.EventId, Result = response.Result, TaskExecutionId = scheduled.TaskScheduled.TaskExecutionId };
        return completed;
    }

    private void Arm(Instance instance, HistoryEvent timer)
    {
        var due = timer.TimerCreated.FireAt.ToDateTimeOffset();
        world.Clock.After(due > world.Time.Now ? due - world.Time.Now : TimeSpan.Zero, () =>
        {
            if (instance.State.Completed is not null) return;
            var fired = Events.New(world.Time.Now);
            fired.TimerFired = new TimerFiredEvent { TimerId = timer.EventId, FireAt = Timestamp.FromDateTimeOffset(due) };
            instance.Put(fired);
        });
    }

    private sealed class Instance(RunState state)
    {
        private long _sequence;

        public string Id => State.InstanceId;

        public RunState State => state;

        public List<InboxRow> Inbox { get; } = [];

        public Queue<HistoryEvent> ToRun { get; } = [];

        public List<(AppProcess Process, HistoryEvent Scheduled)> Running { get; } = [];

        public bool TurnOffered { get; set; }

        public void Put(HistoryEvent e) => Inbox.Add(new InboxRow(++_sequence, state.ExecutionId, First: false, e));
    }
}
