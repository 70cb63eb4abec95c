using System.Threading.Channels;
using Dapr.TaskHub.Protos;
using Grpc.Core;

namespace DaprLocal.Tests.Workflows;

/// <summary>A worker stream whose items the test takes one by one.</summary>
internal sealed class ScriptedWorker : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly TaskHubSidecarService.TaskHubSidecarServiceClient _client;
    private readonly AsyncServerStreamingCall<WorkItem> _call;
    private readonly Channel<WorkItem> _arrived = Channel.CreateBounded<WorkItem>(100_000);
    private readonly List<WorkItem> _passedOver = [];
    private readonly Task _reading;

    private ScriptedWorker(TaskHubSidecarService.TaskHubSidecarServiceClient client, AsyncServerStreamingCall<WorkItem> call)
    {
        _client = client;
        _call = call;
        _reading = ReadAsync();
    }

    public static async Task<ScriptedWorker> ConnectAsync(TaskHubSidecarService.TaskHubSidecarServiceClient client)
    {
        var call = client.GetWorkItems(new GetWorkItemsRequest());
        await call.ResponseHeadersAsync;
        return new ScriptedWorker(client, call);
    }

    /// <summary>The next item that meets the condition; others stay for later.</summary>
    public async Task<WorkItem> NextAsync(Func<WorkItem, bool>? condition = null, TimeSpan? limit = null)
    {
        var index = _passedOver.FindIndex(item => condition?.Invoke(item) ?? true);
        if (index >= 0)
        {
            var item = _passedOver[index];
            _passedOver.RemoveAt(index);
            return item;
        }

        using var patience = new CancellationTokenSource(limit ?? Patience);
        while (true)
        {
            var item = await _arrived.Reader.ReadAsync(patience.Token);
            if (condition?.Invoke(item) ?? true) return item;
            _passedOver.Add(item);
        }
    }

    public async Task<WorkflowRequest> TurnAsync(string instanceId) => (await NextAsync(item => item.WorkflowRequest?.InstanceId == instanceId)).WorkflowRequest;

    public async Task<ActivityRequest> ActivityAsync(string instanceId) => (await NextAsync(item => item.ActivityRequest?.WorkflowInstance.InstanceId == instanceId)).ActivityRequest;

    /// <summary>What has come and was not asked for.</summary>
    public IReadOnlyList<WorkItem> Unexpected()
    {
        while (_arrived.Reader.TryRead(out var item)) _passedOver.Add(item);
        return _passedOver;
    }

    public async Task AnswerAsync(string instanceId, params WorkflowAction[] actions) =>
        await _client.CompleteOrchestratorTaskAsync(new WorkflowResponse { InstanceId = instanceId, Actions = { actions } });

    public async Task ResultAsync(string instanceId, int taskId, string result) =>
        await _client.CompleteActivityTaskAsync(new ActivityResponse { InstanceId = instanceId, TaskId = taskId, Result = result });

    public static WorkflowAction Task(int id, string name, string? input = null) =>
        new() { Id = id, ScheduleTask = new ScheduleTaskAction { Name = name, Input = input, TaskExecutionId = $"exec-{id}" } };

    public static WorkflowAction Complete(int id, string? result = null, OrchestrationStatus status = OrchestrationStatus.Completed) =>
        new() { Id = id, CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = status, Result = result } };

    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        await _reading;
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var item in _call.ResponseStream.ReadAllAsync()) await _arrived.Writer.WriteAsync(item);
        }
        catch (Exception error) when (error is RpcException or IOException or ObjectDisposedException)
        {
            // The stream has ended, which some tests want.
        }
        finally
        {
            _arrived.Writer.TryComplete();
        }
    }
}
