using System.Collections.Immutable;
using Dapr.Workflow;
using Grpc.Core;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Health;

namespace OrderApp.Groups;

/// <summary>The workflow engine of the sidecar.</summary>
internal sealed class DaprGroupEngine(DaprWorkflowClient client, Dependencies dependencies, TimeProvider time) : IGroupEngine
{
    // An engine that does not answer is no reason to keep a caller waiting: the agenda looks after the group.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    // A raise is answered only when the turn in hand is done.
    private static readonly TimeSpan RaiseTimeout = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    // With a start time of now the sidecar answers once the start is durable, instead of after the first turn.
    public Task StartAsync(string group, ImmutableArray<string> orders, CancellationToken cancellationToken) => CallAsync(
        Timeout,
        async deadline =>
        {
            try
            {
                await client.ScheduleNewWorkflowAsync(nameof(OrderGroupWorkflow), group, new OrderGroup(orders), time.GetUtcNow(), deadline);
                return true;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.AlreadyExists || error.Status.Detail.EndsWith("already exists", StringComparison.Ordinal))
            {
                return true;
            }
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RaiseAsync(string group, GroupSignal signal, CancellationToken cancellationToken) => CallAsync(
        RaiseTimeout,
        async deadline =>
        {
            try
            {
                await client.RaiseEventAsync(group, GroupSignal.EventName, signal, deadline);
                return true;
            }
            catch (RpcException error) when (IsMissing(error))
            {
                return false;
            }
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<GroupState> StateAsync(string group, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(Timeout, deadline => ReadStateAsync(group, deadline), cancellationToken);
        }
        catch (DependencyUnavailableException)
        {
            return GroupState.Unknown;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> PurgeAsync(string group, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(
                Timeout,
                async deadline =>
                {
                    try
                    {
                        await client.PurgeInstanceAsync(group, deadline);
                        return true;
                    }
                    catch (RpcException error) when (IsMissing(error))
                    {
                        return true;
                    }
                },
                cancellationToken);
        }
        catch (DependencyUnavailableException)
        {
            return false;
        }
    }

    private async Task<GroupState> ReadStateAsync(string group, CancellationToken cancellationToken)
    {
        try
        {
            var state = await client.GetWorkflowStateAsync(group, getInputsAndOutputs: false, cancellationToken);
            return state switch
            {
                null or { Exists: false } => GroupState.Missing,
                { RuntimeStatus: WorkflowRuntimeStatus.Completed } => GroupState.Completed,
                { RuntimeStatus: WorkflowRuntimeStatus.Failed or WorkflowRuntimeStatus.Terminated or WorkflowRuntimeStatus.Canceled } => GroupState.Broken,
                _ => GroupState.Active,
            };
        }
        catch (RpcException error) when (IsMissing(error))
        {
            return GroupState.Missing;
        }
    }

    private static bool IsMissing(RpcException error) => error.StatusCode == StatusCode.NotFound || error.Status.Detail.EndsWith("no such instance exists", StringComparison.Ordinal);

    private async Task<T> CallAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var answer = await call(linked.Token);
            dependencies.Answered(Dependency.Engine);
            return answer;
        }
        catch (RpcException error) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(error.Message, error, cancellationToken);
        }
        catch (Exception error) when (error is RpcException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            dependencies.Failed(Dependency.Engine, error is RpcException { Status.Detail: var detail } ? detail : $"No answer within {limit.TotalSeconds:0} s.");
            throw new DependencyUnavailableException("The workflow engine of the sidecar did not answer.", error);
        }
    }
}
