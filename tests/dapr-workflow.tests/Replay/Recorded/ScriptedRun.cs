using Dapr.TaskHub.Protos;
using Dapr.Workflow;
using static Dapr.TaskHub.Protos.WorkflowAction;

namespace DaprWorkflow.Tests.Replay.Recorded;

/// <summary>The one workflow of these tests: carries out a script through the public context.</summary>
internal sealed class ScriptedRun(WorkflowContext context, Script script)
{
    private readonly Dictionary<int, Task<string?>> _work = [];
    private readonly List<(string Name, Task<string?> Task)> _limitedWaits = [];

    /// <summary>Runs the script; where it ends without an end of the workflow, the code waits for ever.</summary>
    public async Task<string?> RunAsync()
    {
        foreach (var turn in script.Turns)
        {
            foreach (var arrival in turn.Arrivals) await ArriveAsync(arrival);
            foreach (var patch in turn.Patches) Assert.True(context.IsPatched(patch));
            context.SetCustomStatus(turn.Answer.CustomStatus);
            foreach (var action in turn.Answer.Actions.Where(action => action.CompleteWorkflow is null && !script.Chains.IsRepetition(action.Id)).OrderBy(action => action.Id)) Ask(action);
            if (turn.Answer.Actions.FirstOrDefault(action => action.CompleteWorkflow is not null)?.CompleteWorkflow is not { } end) continue;
            switch (end.WorkflowStatus)
            {
                case OrchestrationStatus.Completed:
                    return end.Result;
                case OrchestrationStatus.ContinuedAsNew:
                    context.ContinueAsNew(end.Result, preserveUnprocessedEvents: end.CarryoverEvents.Count > 0);
                    return null;
                case OrchestrationStatus.Failed:
                    throw new InvalidOperationException(end.FailureDetails?.ErrorMessage ?? "");
                default:
                    // A termination is made by the library; all others no code can ask for.
                    break;
            }
        }

        return await context.WaitForExternalEventAsync<string>("the script has ended");
    }

    private void Ask(WorkflowAction action)
    {
        var target = action.Router?.HasTargetAppID == true ? action.Router.TargetAppID : null;
        var retries = script.Chains.Policy(action.Id);
        switch (action.WorkflowActionTypeCase)
        {
            case WorkflowActionTypeOneofCase.ScheduleTask:
                _work[action.Id] = context.CallActivityAsync<string?>(action.ScheduleTask.Name, action.ScheduleTask.Input, new WorkflowTaskOptions(retries, target));
                break;
            case WorkflowActionTypeOneofCase.CreateChildWorkflow when action.CreateChildWorkflow is var child:
                _work[action.Id] = context.CallChildWorkflowAsync<string?>(child.Name, child.Input, new ChildWorkflowTaskOptions(child.InstanceId is { Length: > 0 } id ? id : null, retries, target));
                break;
            case WorkflowActionTypeOneofCase.CreateTimer when action.CreateTimer.ExternalEvent is { } wait:
                var task = context.WaitForExternalEventAsync<string?>(wait.Name, action.CreateTimer.FireAt.ToDateTime() - context.CurrentUtcDateTime);
                _work[action.Id] = task;
                _limitedWaits.Add((wait.Name, task));
                break;
            case WorkflowActionTypeOneofCase.CreateTimer:
                _work[action.Id] = NoResultAsync(context.CreateTimer(action.CreateTimer.FireAt?.ToDateTime() ?? context.CurrentUtcDateTime, CancellationToken.None));
                break;
            case WorkflowActionTypeOneofCase.SendEvent:
                context.SendEvent(action.SendEvent.Instance.InstanceId, action.SendEvent.Name, action.SendEvent.Data);
                break;
            default:
                // No member of the context asks for it.
                break;
        }
    }

    // Waits for what an event ends, and looks at what the code sees of it.
    private async Task ArriveAsync(HistoryEvent e)
    {
        var payload = e.EventRaised?.Input ?? e.TaskCompleted?.Result ?? e.ChildWorkflowInstanceCompleted?.Result ?? "";
        var failure = e.TaskFailed is { } broken ? broken.FailureDetails ?? new TaskFailureDetails()
            : e.ChildWorkflowInstanceFailed is { } child ? child.FailureDetails ?? new TaskFailureDetails { ErrorType = "Exception", ErrorMessage = "Unknown message" }
            : null;
        try
        {
            var seen = await (e.EventRaised is { } raised ? Wait(raised.Name) : Ended(e));
            if (e.TimerFired is null) Assert.Equal((payload, (string?)null), (seen ?? "", failure?.ErrorMessage));
        }
        catch (WorkflowTaskFailedException thrown) when (thrown.FailureDetails.ErrorType != "StaleTaskResult")
        {
            Assert.Equal((failure?.ErrorType, failure?.ErrorMessage, failure?.StackTrace), (thrown.FailureDetails.ErrorType, thrown.FailureDetails.ErrorMessage, thrown.FailureDetails.StackTrace));
        }
        catch (WorkflowTaskFailedException)
        {
            // A result of an older generation: the library lets the call fail.
        }
        catch (TaskCanceledException) when (e.TimerFired is not null)
        {
            // The limit of a wait.
        }
    }

    private Task<string?> Ended(HistoryEvent e) => _work[script.Chains.EndedBy(Script.Work(e).Id) ?? throw new InvalidOperationException("Another attempt follows.")];

    private Task<string?> Wait(string name)
    {
        var index = _limitedWaits.FindIndex(wait => !wait.Task.IsCanceled && string.Equals(wait.Name, name, StringComparison.OrdinalIgnoreCase));
        if (index < 0) return context.WaitForExternalEventAsync<string?>(name);
        var task = _limitedWaits[index].Task;
        _limitedWaits.RemoveAt(index);
        return task;
    }

    private static async Task<string?> NoResultAsync(Task task)
    {
        await task;
        return null;
    }
}
