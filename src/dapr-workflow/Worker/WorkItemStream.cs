using Dapr.TaskHub.Protos;
using Dapr.Workflow.Registration;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker;

/// <summary>Keeps one stream of work items open, for ever. Its end is the only sign by which a sidecar notices the loss of a worker.</summary>
internal sealed class WorkItemStream(
    TaskHubSidecarService.TaskHubSidecarServiceClient client,
    WorkflowRegistry registry,
    TimeProvider time,
    ILogger<WorkItemStream> log)
{
    // Not below 8 s: daprd closes connections that ping more often.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HelloLimit = TimeSpan.FromSeconds(5);

    // A stream that is reopened because of an answer waits longer than one that broke.
    private const int FailuresOfReopened = 4;

    private readonly Lock _lock = new();
    private CancellationTokenSource? _open;
    private bool _reopen;

    /// <summary>Ends the present stream, if there is one; the next is opened after a pause.</summary>
    public void Reopen()
    {
        lock (_lock)
        {
            _reopen = true;

            // Not in place: what it ends must not run under the lock.
            _ = _open?.CancelAsync();
        }
    }

    /// <summary>Reads work items until the cancellation.</summary>
    /// <param name="post">Takes an item without blocking.</param>
    /// <param name="cancellation">Ends the stream.</param>
    public async Task RunAsync(Action<WorkItem> post, CancellationToken cancellation)
    {
        var failures = 0;
        while (!cancellation.IsCancellationRequested)
        {
            var isOpen = false;
            var hadItems = false;
            string reason;
            using (var open = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
            {
                lock (_lock) (_open, _reopen) = (open, false);
                try
                {
                    await HelloAsync(open.Token);
                    isOpen = true;
                    await ReadAsync(
                        item =>
                        {
                            (hadItems, failures) = (true, 0);
                            post(item);
                        },
                        open);
                    if (hadItems) failures = -1;
                    reason = "closed by the sidecar";
                }
                catch (Exception e)
                {
                    reason = AckSender.Reason(e);
                }

                lock (_lock)
                {
                    _open = null;
                    if (_reopen) (failures, reason) = (Math.Max(failures, FailuresOfReopened - 1), "an answer could not be delivered");
                }
            }

            if (cancellation.IsCancellationRequested) return;
            failures++;

            // An orderly end after work, as when the sidecar is updated, needs no pause.
            var delay = failures == 0 ? TimeSpan.Zero : Backoff.After(failures);
            if (isOpen) log.StreamEnded(reason, delay);
            else log.Unreachable(reason, delay);
            await Task.Delay(delay, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(Action<WorkItem> post, CancellationTokenSource open)
    {
        using var call = client.GetWorkItems(new GetWorkItemsRequest(), cancellationToken: open.Token);
        log.Connected(registry.WorkflowCount, registry.ActivityCount);
        var keepAlive = KeepAliveAsync(open.Token);
        try
        {
            while (await call.ResponseStream.MoveNext(open.Token)) post(call.ResponseStream.Current);
        }
        finally
        {
            await open.CancelAsync();
            await keepAlive;
        }
    }

    private async Task KeepAliveAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(KeepAlive, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellation.IsCancellationRequested) return;
            try
            {
                await HelloAsync(cancellation);
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                // The stream itself tells when the connection is gone.
                if (!cancellation.IsCancellationRequested) log.KeepAliveFailed(AckSender.Reason(e));
            }
        }
    }

    private async Task HelloAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(HelloLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        await client.HelloAsync(new Empty(), cancellationToken: either.Token);
    }
}
