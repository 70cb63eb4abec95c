using Dapr.Workflow;
using Grpc.Core;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults;

namespace OrderApp.Workflows;

/// <summary>Starts and informs the workflows of orders.</summary>
internal sealed class OrderWorkflows(DaprWorkflowClient client, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Schedules the workflow of a PENDING order; one that is there already is what was wanted. With a start time of now
    /// the sidecar answers once the start is durable, instead of after the first turn.
    /// </summary>
    /// <exception cref="DependencyUnavailableException">Unknown; scheduling again is safe.</exception>
    public Task ScheduleAsync(Order order, CancellationToken cancellationToken) => CallAsync(
        async deadline =>
        {
            try
            {
                await client.ScheduleNewWorkflowAsync(nameof(OrderWorkflow), order.Id, new OrderWorkflowInput(order.Id), time.GetUtcNow(), deadline);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.AlreadyExists || error.Status.Detail.EndsWith("already exists", StringComparison.Ordinal))
            {
                // A request with the same key was faster, or this is a retry.
            }
        },
        cancellationToken);

    /// <summary>
    /// Tells the workflow of an order something. A workflow that got lost is scheduled again first, if the order is
    /// PENDING; otherwise it may have ended long ago and must not run again (design rule 6).
    /// </summary>
    /// <exception cref="DependencyUnavailableException">Unknown; telling it again is safe.</exception>
    public async Task RaiseAsync(Order order, OrderSignal signal, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync(deadline => client.RaiseEventAsync(order.Id, OrderSignal.EventName, signal, deadline), cancellationToken);
        }
        catch (DependencyUnavailableException error) when (order.Status == OrderStatus.Pending && error.InnerException is RpcException { Status.Detail: var detail } && detail.EndsWith("no such instance exists", StringComparison.Ordinal))
        {
            await ScheduleAsync(order, cancellationToken);
            await CallAsync(deadline => client.RaiseEventAsync(order.Id, OrderSignal.EventName, signal, deadline), cancellationToken);
        }
    }

    private async Task CallAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await call(linked.Token);
        }
        catch (Exception error) when (error is RpcException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new DependencyUnavailableException("The workflow engine of the sidecar did not answer.", error);
        }
    }
}
