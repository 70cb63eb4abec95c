using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker;

/// <summary>How an answer ended.</summary>
internal enum AckOutcome
{
    /// <summary>The sidecar has it.</summary>
    Delivered,

    /// <summary>It is no longer wanted.</summary>
    Superseded,

    /// <summary>It could not be delivered; the work has to come again.</summary>
    Failed,
}

/// <summary>Delivers answers. A work item has no lease: an answer that gets lost would leave its instance hanging, so it is repeated over outages.</summary>
internal sealed class AckSender(TimeProvider time, ILogger<AckSender> log)
{
    private const int Attempts = 10;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(15);

    /// <summary>Sends an answer until the sidecar takes it.</summary>
    /// <param name="item">Names the work item in the log.</param>
    /// <param name="send">Sends the answer.</param>
    /// <param name="shrink">Replaces the answer with a small failure, after the sidecar refused its size; gives the refused size.</param>
    /// <param name="isWanted">Whether the answer may still be sent.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<AckOutcome> SendAsync(string item, Func<CancellationToken, Task> send, Func<int> shrink, Func<bool> isWanted, CancellationToken cancellation)
    {
        var isSmall = false;
        for (var attempt = 1; ; attempt++)
        {
            if (!isWanted()) return AckOutcome.Superseded;
            using var limit = new CancellationTokenSource(CallLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            try
            {
                await send(either.Token);
                return AckOutcome.Delivered;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted && !isSmall)
            {
                log.AckTooLarge(item, shrink());
                isSmall = true;
            }
            catch (Exception e) when (IsTransient(e) && attempt < Attempts && !cancellation.IsCancellationRequested)
            {
                log.AckFailed(item, Reason(e), attempt);
                await Task.Delay(Backoff.After(attempt), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e)
            {
                log.AckGivenUp(item, e);
                return AckOutcome.Failed;
            }
        }
    }

    /// <summary>A short reason for the log.</summary>
    public static string Reason(Exception exception) => exception switch
    {
        RpcException rpc => $"{rpc.StatusCode}: {rpc.Status.Detail}",
        OperationCanceledException => "no answer in time",
        _ => exception.GetType().Name,
    };

    // What the sidecar refuses for good comes back differently; these may be the transport or a sidecar that restarts.
    private static bool IsTransient(Exception exception) => exception switch
    {
        RpcException rpc => rpc.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Unknown
            or StatusCode.Internal or StatusCode.Cancelled or StatusCode.Aborted,
        OperationCanceledException => true,
        _ => false,
    };
}
