using Dapr.TaskHub.Protos;
using Grpc.Core;

namespace DaprLocal.Tests.Workflows;

/// <summary>A worker that answers by itself: workflow <c>"n"</c> runs n activities one after the other, each of which returns its input.</summary>
internal sealed class AutoWorker : IAsyncDisposable
{
    private readonly AsyncServerStreamingCall<WorkItem> _call;
    private readonly TaskHubSidecarService.TaskHubSidecarServiceClient _client;
    private readonly Func<WorkflowRequest, IEnumerable<WorkflowAction>> _workflow;
    private readonly Task _reading;
    private int _answered;

    private AutoWorker(TaskHubSidecarService.TaskHubSidecarServiceClient client, AsyncServerStreamingCall<WorkItem> call, Func<WorkflowRequest, IEnumerable<WorkflowAction>> workflow)
    {
        _client = client;
        _call = call;
        _workflow = workflow;
        _reading = ReadAsync();
    }

    public int Answered => _answered;

    public static async Task<AutoWorker> ConnectAsync(TaskHubSidecarService.TaskHubSidecarServiceClient client, Func<WorkflowRequest, IEnumerable<WorkflowAction>>? workflow = null)
    {
        var call = client.GetWorkItems(new GetWorkItemsRequest());
        await call.ResponseHeadersAsync;
        return new AutoWorker(client, call, workflow ?? InARow);
    }

    /// <summary>As many activities in a row as the workflow's name says.</summary>
    public static IEnumerable<WorkflowAction> InARow(WorkflowRequest request)
    {
        var events = request.PastEvents.Concat(request.NewEvents).ToList();
        var count = int.Parse(events.First(e => e.ExecutionStarted is not null).ExecutionStarted.Name, System.Globalization.CultureInfo.InvariantCulture);
        var scheduled = events.Count(e => e.TaskScheduled is not null);
        var done = events.Count(e => e.TaskCompleted is not null);
        if (done == count) yield return ScriptedWorker.Complete(count, "\"done\"");
        else if (scheduled == done) yield return ScriptedWorker.Task(done, "Echo", $"{done}");
    }

    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        await _reading;
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var item in _call.ResponseStream.ReadAllAsync()) _ = AnswerAsync(item);
        }
        catch (Exception error) when (error is RpcException or IOException or ObjectDisposedException)
        {
            // The stream has ended.
        }
    }

    private async Task AnswerAsync(WorkItem item)
    {
        if (item.WorkflowRequest is { } turn)
        {
            await _client.CompleteOrchestratorTaskAsync(new WorkflowResponse { InstanceId = turn.InstanceId, CompletionToken = item.CompletionToken, Actions = { _workflow(turn) } });
        }
        else
        {
            var activity = item.ActivityRequest;
            await _client.CompleteActivityTaskAsync(new ActivityResponse
            {
                InstanceId = activity.WorkflowInstance.InstanceId,
                TaskId = activity.TaskId,
                Result = activity.Input,
                CompletionToken = item.CompletionToken,
            });
        }

        Interlocked.Increment(ref _answered);
    }
}
