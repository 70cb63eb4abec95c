using System.Globalization;
using Dapr.TaskHub.Protos;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker;

/// <summary>
/// Takes work items from the stream without ever blocking it, runs them within the limits and answers them, over reconnects too.
/// The protocol knows no back-pressure: what is queued here is what the sidecar has sent and waits for, no more.
/// </summary>
internal sealed class WorkDispatcher(
    WorkflowRuntimeOptions options,
    TurnRunner turns,
    ActivityRunner activities,
    AckSender acks,
    TaskHubSidecarService.TaskHubSidecarServiceClient client,
    TimeProvider time,
    ILogger<WorkDispatcher> log) : IDisposable
{
    private readonly SemaphoreSlim _turnGate = new(options.MaxConcurrentWorkflows);
    private readonly SemaphoreSlim _activityGate = new(options.MaxConcurrentActivities);
    private readonly TurnLedger _ledger = new();
    private readonly InFlightActivities _inFlight = new();
    private readonly CancellationTokenSource _noNewWork = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _stopping;

    /// <summary>Asks for the stream to be reopened, so that the sidecar sends unanswered work again.</summary>
    public Action ReopenStream { get; set; } = static () => { };

    /// <summary>Takes a work item.</summary>
    public void Post(WorkItem item)
    {
        switch (item.RequestCase)
        {
            case WorkItem.RequestOneofCase.WorkflowRequest:
                var turn = _ledger.Received(item.WorkflowRequest.InstanceId);
                _ = Task.Run(() => HandleTurnAsync(item, turn));
                break;
            case WorkItem.RequestOneofCase.ActivityRequest:
                if (_inFlight.Begin(item.ActivityRequest, item.CompletionToken) is { } run) _ = Task.Run(() => HandleActivityAsync(item.ActivityRequest, run));
                break;
            default:
                log.UnknownWorkItem();
                break;
        }
    }

    /// <summary>Starts no more work and waits for what runs; what is left then comes again from the sidecar.</summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        await _noNewWork.CancelAsync();
        lock (_lock)
        {
            _stopping = true;
            if (_running == 0) _idle.TrySetResult();
        }

        await Task.WhenAny(_idle.Task, Task.Delay(limit, time));
        await _giveUp.CancelAsync();
        lock (_lock)
        {
            if (_running > 0) log.StoppedWithWork(_running);
        }
    }

    public void Dispose()
    {
        _turnGate.Dispose();
        _activityGate.Dispose();
        _noNewWork.Dispose();
        _giveUp.Dispose();
    }

    private async Task HandleTurnAsync(WorkItem item, long turn)
    {
        var request = item.WorkflowRequest;
        var name = $"turn of {request.InstanceId}";
        if (!await EnterAsync(_turnGate)) return;
        try
        {
            WorkflowResponse response;
            try
            {
                // A copy that was overtaken while it waited need not run.
                if (!_ledger.IsNewest(request.InstanceId, turn)) return;
                response = await turns.RunAsync(request);
            }
            finally
            {
                _turnGate.Release();
            }

            response.CompletionToken = item.CompletionToken;
            var outcome = await acks.SendAsync(
                name,
                async cancellation => await client.CompleteOrchestratorTaskAsync(response, cancellationToken: cancellation),
                () => TurnRunner.Shrink(response),
                () => _ledger.IsNewest(request.InstanceId, turn),
                _giveUp.Token);
            _ledger.Answered(request.InstanceId, turn);
            if (outcome == AckOutcome.Failed) ReopenStream();
        }
        catch (Exception e)
        {
            Fail(name, e);
        }
        finally
        {
            Leave();
        }
    }

    private async Task HandleActivityAsync(ActivityRequest request, InFlightActivities.Run run)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"activity {request.Name} of {run.Key.InstanceId} (task {run.Key.TaskId})");
        if (!await EnterAsync(_activityGate))
        {
            _inFlight.Abandon(run);
            return;
        }

        try
        {
            ActivityResponse response;
            try
            {
                response = await activities.RunAsync(request);
            }
            finally
            {
                _activityGate.Release();
            }

            int covered;
            do
            {
                (response.CompletionToken, covered) = _inFlight.Current(run);
                var outcome = await acks.SendAsync(
                    name,
                    async cancellation => await client.CompleteActivityTaskAsync(response, cancellationToken: cancellation),
                    () => ActivityRunner.Shrink(response),
                    static () => true,
                    _giveUp.Token);
                if (outcome == AckOutcome.Delivered) continue;
                _inFlight.Abandon(run);
                ReopenStream();
                return;
            }
            while (!_inFlight.TryEnd(run, covered));
        }
        catch (Exception e)
        {
            _inFlight.Abandon(run);
            Fail(name, e);
        }
        finally
        {
            Leave();
        }
    }

    // Without an answer the instance would hang; a new stream brings the item again.
    private void Fail(string item, Exception exception)
    {
        log.ItemFailed(item, exception);
        ReopenStream();
    }

    private async Task<bool> EnterAsync(SemaphoreSlim gate)
    {
        try
        {
            await gate.WaitAsync(_noNewWork.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        lock (_lock)
        {
            if (!_stopping)
            {
                _running++;
                return true;
            }
        }

        gate.Release();
        return false;
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_running == 0 && _stopping) _idle.TrySetResult();
        }
    }
}
