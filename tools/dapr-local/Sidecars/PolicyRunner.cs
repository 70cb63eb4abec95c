using DaprLocal.Config;

namespace DaprLocal.Sidecars;

/// <summary>Runs an operation under a policy: a time limit for each attempt, and retries while it fails.</summary>
internal static class PolicyRunner
{
    /// <summary>
    /// The result of the last attempt. A retry follows any exception, and a result that <paramref name="isFailure"/> says is one.
    /// </summary>
    /// <exception cref="TimeoutException">The last attempt took longer than the policy allows.</exception>
    public static async Task<T> RunAsync<T>(ComponentPolicy? policy, Func<CancellationToken, Task<T>> attempt, Func<T, bool> isFailure, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            var mayRetry = policy?.Retry?.Allows(failures) is true;
            try
            {
                var result = await OnceAsync(policy?.Timeout, attempt, time, cancellationToken);
                if (!mayRetry || !isFailure(result)) return result;
                (result as IDisposable)?.Dispose();
            }
            catch (Exception error) when (mayRetry && error is not OperationCanceledException)
            {
                // Tried again.
            }

            await Task.Delay(policy!.Retry!.PauseBefore(failures), time, cancellationToken);
        }
    }

    private static async Task<T> OnceAsync<T>(TimeSpan? limit, Func<CancellationToken, Task<T>> attempt, TimeProvider time, CancellationToken cancellationToken)
    {
        if (limit is null) return await attempt(cancellationToken);
        using var timeout = new CancellationTokenSource(limit.Value, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await attempt(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("context deadline exceeded");
        }
    }
}
