using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;
using Dapr.Workflow;
using Dapr.Workflow.Worker.Replay;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprWorkflow.Tests.Replay;

/// <summary>
/// A workflow instance as a sidecar keeps it: feeds turns to the replay engine and commits their actions to the history.
/// Every turn is computed twice and must give the same answer.
/// </summary>
internal sealed class Instance
{
    public static readonly DateTime Start = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private readonly WorkflowRuntimeOptions _options = new();
    private readonly string _name;

    public Instance(Action<WorkflowRuntimeOptions> register, string name = "W", object? input = null, string? executionId = "0f8fad5b-d9cb-469f-a165-70867728950e", string id = "i-1")
    {
        register(_options);
        (_name, Id) = (name, id);
        Next.Add(Event(e => e.ExecutionStarted = new ExecutionStartedEvent
        {
            Name = name,
            Input = Serializer.Payload(input),
            WorkflowInstance = new WorkflowInstance { InstanceId = id, ExecutionId = executionId },
        }));
    }

    public string Id { get; }

    public JsonDaprSerializer Serializer { get; } = new();

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    public List<HistoryEvent> Past { get; } = [];

    public List<HistoryEvent> Next { get; } = [];

    public DateTime Now { get; set; } = Start;

    public WorkflowResponse Last { get; private set; } = new();

    public IEnumerable<string> LastActions => Last.Actions.Select(Describe);

    public CompleteWorkflowAction Completion => Assert.Single(Last.Actions, a => a.CompleteWorkflow is not null).CompleteWorkflow;

    public static Instance Of<TOut>(Func<WorkflowContext, Task<TOut>> code) => new(o => o.RegisterWorkflow<object?, TOut>("W", (context, _) => code(context)));

    public HistoryEvent Event(Action<HistoryEvent> fill, int id = -1)
    {
        var e = new HistoryEvent { EventId = id, Timestamp = Timestamp.FromDateTime(Now) };
        fill(e);
        return e;
    }

    /// <summary>Runs the next turn with all that arrived.</summary>
    public Instance Turn(params HistoryEvent[] arrived)
    {
        Next.AddRange(arrived);
        var request = Request();
        Last = Run(request);
        Assert.Equal(Last, Run(request));
        Past.AddRange(request.NewEvents);
        Next.Clear();
        foreach (var action in Last.Actions) Commit(action);
        return this;
    }

    public WorkflowRequest Request()
    {
        var request = new WorkflowRequest { InstanceId = Id };
        request.PastEvents.AddRange(Past);
        request.NewEvents.Add(Event(e => e.WorkflowStarted = new WorkflowStartedEvent()));
        request.NewEvents.AddRange(Next);
        return request;
    }

    public WorkflowResponse Run(WorkflowRequest request) =>
        ReplayTurn.Run(request, (string name, out TaskFailureDetails? failure) => _options.Registry.CreateWorkflow(name, EmptyServices.Instance, out failure), Serializer, Loggers);

    public HistoryEvent Done(int id, object? result = null, string? key = null) => Event(e => e.TaskCompleted =
        new TaskCompletedEvent { TaskScheduledId = id, Result = Serializer.Payload(result), TaskExecutionId = key ?? "" });

    public HistoryEvent Failed(int id, string message = "broken", string type = "System.InvalidOperationException", bool nonRetriable = false) => Event(e => e.TaskFailed =
        new TaskFailedEvent { TaskScheduledId = id, FailureDetails = new TaskFailureDetails { ErrorType = type, ErrorMessage = message, IsNonRetriable = nonRetriable } });

    public HistoryEvent Fired(int id) => Event(e => e.TimerFired = new TimerFiredEvent { TimerId = id });

    public HistoryEvent Raised(string name, object? payload = null) => Event(e => e.EventRaised = new EventRaisedEvent { Name = name, Input = Serializer.Payload(payload) });

    public HistoryEvent ChildDone(int id, object? result = null) => Event(e => e.ChildWorkflowInstanceCompleted =
        new ChildWorkflowInstanceCompletedEvent { TaskScheduledId = id, Result = Serializer.Payload(result) });

    public HistoryEvent ChildFailed(int id, TaskFailureDetails? details = null) => Event(e => e.ChildWorkflowInstanceFailed =
        new ChildWorkflowInstanceFailedEvent { TaskScheduledId = id, FailureDetails = details });

    public HistoryEvent Suspended() => Event(e => e.ExecutionSuspended = new ExecutionSuspendedEvent());

    public HistoryEvent Resumed() => Event(e => e.ExecutionResumed = new ExecutionResumedEvent());

    public HistoryEvent Terminated(object? output = null) => Event(e => e.ExecutionTerminated = new ExecutionTerminatedEvent { Input = Serializer.Payload(output) });

    public static string Describe(WorkflowAction action) => action.WorkflowActionTypeCase switch
    {
        WorkflowAction.WorkflowActionTypeOneofCase.ScheduleTask => $"{action.Id} activity {action.ScheduleTask.Name}({action.ScheduleTask.Input})",
        WorkflowAction.WorkflowActionTypeOneofCase.CreateTimer => $"{action.Id} timer {action.CreateTimer.OriginCase} +{(action.CreateTimer.FireAt.ToDateTime() - Start).TotalSeconds}",
        WorkflowAction.WorkflowActionTypeOneofCase.CreateChildWorkflow => $"{action.Id} child {action.CreateChildWorkflow.Name}({action.CreateChildWorkflow.Input})",
        WorkflowAction.WorkflowActionTypeOneofCase.CompleteWorkflow =>
            $"{action.Id} {action.CompleteWorkflow.WorkflowStatus} {action.CompleteWorkflow.Result ?? action.CompleteWorkflow.FailureDetails?.ErrorType}",
        _ => $"{action.Id} {action.WorkflowActionTypeCase}",
    };

    private void Commit(WorkflowAction action)
    {
        switch (action.WorkflowActionTypeCase)
        {
            case WorkflowAction.WorkflowActionTypeOneofCase.ScheduleTask:
                Past.Add(Event(e => e.TaskScheduled = new TaskScheduledEvent { Name = action.ScheduleTask.Name, TaskExecutionId = action.ScheduleTask.TaskExecutionId }, action.Id));
                break;
            case WorkflowAction.WorkflowActionTypeOneofCase.CreateTimer:
                Past.Add(Event(e => e.TimerCreated = new TimerCreatedEvent { FireAt = action.CreateTimer.FireAt }, action.Id));
                break;
            case WorkflowAction.WorkflowActionTypeOneofCase.CreateChildWorkflow:
                Past.Add(Event(e => e.ChildWorkflowInstanceCreated = new ChildWorkflowInstanceCreatedEvent { Name = action.CreateChildWorkflow.Name }, action.Id));
                break;
            case WorkflowAction.WorkflowActionTypeOneofCase.CompleteWorkflow when action.CompleteWorkflow.WorkflowStatus == OrchestrationStatus.ContinuedAsNew:
                Past.Clear();
                Next.Add(Event(e => e.ExecutionStarted = new ExecutionStartedEvent
                {
                    Name = _name,
                    Input = action.CompleteWorkflow.Result,
                    WorkflowInstance = new WorkflowInstance { InstanceId = Id, ExecutionId = "7c9e6679-7425-40de-944b-e07fc1f90ae7" },
                }));
                Next.AddRange(action.CompleteWorkflow.CarryoverEvents);
                break;
            default:
                break;
        }
    }

    private sealed class EmptyServices : IServiceProvider
    {
        public static readonly EmptyServices Instance = new();

        public object? GetService(System.Type serviceType) => null;
    }
}
