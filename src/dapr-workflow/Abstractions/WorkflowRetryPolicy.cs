namespace Dapr.Workflow;

/// <summary>How the failures of an activity or a child workflow are retried. The delays are durable timers.</summary>
public class WorkflowRetryPolicy
{
    private static readonly TimeSpan DefaultMaxInterval = TimeSpan.FromHours(1);

    /// <summary>Creates a policy.</summary>
    /// <param name="maxNumberOfAttempts">All attempts, the first included; at least 1.</param>
    /// <param name="firstRetryInterval">The delay before the second attempt; more than zero.</param>
    /// <param name="backoffCoefficient">The factor between two delays; at least 1.</param>
    /// <param name="maxRetryInterval">The longest delay; null or <see cref="Timeout.InfiniteTimeSpan"/> means no limit.</param>
    /// <param name="retryTimeout">How long after the first attempt another one may begin; null means for ever.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of the ranges above, or a limit is shorter than the first delay.</exception>
    public WorkflowRetryPolicy(
        int maxNumberOfAttempts,
        TimeSpan firstRetryInterval,
        double backoffCoefficient = 1.0,
        TimeSpan? maxRetryInterval = null,
        TimeSpan? retryTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNumberOfAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
        if (!(backoffCoefficient >= 1.0) || double.IsInfinity(backoffCoefficient))
            throw new ArgumentOutOfRangeException(nameof(backoffCoefficient), backoffCoefficient, "The coefficient must be a finite number of at least 1.");
        if (maxRetryInterval != Timeout.InfiniteTimeSpan && (maxRetryInterval ?? DefaultMaxInterval) < firstRetryInterval)
            throw new ArgumentOutOfRangeException(nameof(maxRetryInterval), maxRetryInterval, "The longest delay is shorter than the first one (without a value, one hour is assumed in this check).");
        if (retryTimeout is { } timeout && timeout != Timeout.InfiniteTimeSpan && timeout < firstRetryInterval)
            throw new ArgumentOutOfRangeException(nameof(retryTimeout), retryTimeout, "The timeout is shorter than the first delay.");

        MaxNumberOfAttempts = maxNumberOfAttempts;
        FirstRetryInterval = firstRetryInterval;
        BackoffCoefficient = backoffCoefficient;
        MaxRetryInterval = maxRetryInterval;
        RetryTimeout = retryTimeout ?? Timeout.InfiniteTimeSpan;
    }

    /// <summary>All attempts, the first included.</summary>
    public int MaxNumberOfAttempts { get; }

    /// <summary>The delay before the second attempt.</summary>
    public TimeSpan FirstRetryInterval { get; }

    /// <summary>The factor between two delays.</summary>
    public double BackoffCoefficient { get; }

    /// <summary>The longest delay; null means no limit.</summary>
    public TimeSpan? MaxRetryInterval { get; }

    /// <summary>How long after the first attempt another one may begin; <see cref="Timeout.InfiniteTimeSpan"/> means for ever.</summary>
    public TimeSpan RetryTimeout { get; }

    /// <summary>The delay after the given attempt, or null when that attempt was the last one.</summary>
    /// <param name="attempt">The number of the failed attempt, from 0.</param>
    /// <param name="elapsed">Workflow time since the first attempt.</param>
    internal TimeSpan? DelayAfter(int attempt, TimeSpan elapsed)
    {
        if (attempt + 1 >= MaxNumberOfAttempts) return null;
        if (RetryTimeout != Timeout.InfiniteTimeSpan && elapsed >= RetryTimeout) return null;
        var limit = MaxRetryInterval is { } max && max != Timeout.InfiniteTimeSpan ? max : LongestTimer;
        var ticks = FirstRetryInterval.Ticks * Math.Pow(BackoffCoefficient, attempt);
        return ticks < limit.Ticks ? TimeSpan.FromTicks((long)ticks) : limit;
    }

    // A bound only so that an uncapped exponential stays inside the range of dates.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(36_500);
}
