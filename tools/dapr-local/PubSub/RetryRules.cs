using DaprLocal.Config;

namespace DaprLocal.PubSub;

/// <summary>How often an event has failed since its policy began.</summary>
internal struct FailureCount
{
    /// <summary>Failures that the policy counts.</summary>
    public int Attempts;

    /// <summary>Failures in a row because nothing listened.</summary>
    public int Refusals;
}

/// <summary>
/// The pause before the next attempt; null: to the dead letter topic now. <paramref name="StartsOver"/>: the policy is
/// used up, so the broker delivers anew; then a batch comes again as a whole.
/// </summary>
internal readonly record struct RetryDecision(TimeSpan? Pause, bool StartsOver);

/// <summary>
/// When a failed delivery comes again: first the inbound policy, then the dead letter topic, else the component's pause
/// and the policy anew, for ever. An app that does not listen is asked again soon and does not use up the policy, so
/// that a restart of an app neither stops nor dead-letters anything.
/// </summary>
internal sealed class RetryRules(RetryPolicy? policy, bool hasDeadLetters, TimeSpan backOff)
{
    private static readonly TimeSpan FirstRefusal = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxRefusal = TimeSpan.FromSeconds(1);

    /// <summary>What comes after a failure.</summary>
    public RetryDecision After(ref FailureCount failures, bool refused)
    {
        if (refused)
        {
            var shift = Math.Min(failures.Refusals++, 4);
            var pause = FirstRefusal * (1 << shift);
            return new(pause < MaxRefusal ? pause : MaxRefusal, StartsOver: false);
        }

        failures.Refusals = 0;
        failures.Attempts++;
        if (policy is not null && (policy.MaxRetries < 0 || failures.Attempts <= policy.MaxRetries)) return new(policy.PauseBefore(failures.Attempts), StartsOver: false);
        failures.Attempts = 0;
        return new(hasDeadLetters ? null : backOff, StartsOver: true);
    }
}
