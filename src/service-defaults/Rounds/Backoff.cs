namespace OrderInventory.ServiceDefaults.Rounds;

/// <summary>
/// The pauses of whoever saves under an ETag and lost a race, by chance of <paramref name="random"/>: spread over a whole
/// step, so that two that lost the same race do not meet again.
/// </summary>
public sealed class Backoff(Random random, TimeProvider time)
{
    /// <summary>Tries before it is given up; the caller's caller has more patience than a race should need.</summary>
    public const int MaxAttempts = 12;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits before try number <paramref name="attempt"/> + 1.</summary>
    /// <exception cref="DependencyUnavailableException">It was the last try; <paramref name="failure"/> says what could not be done.</exception>
    public Task AfterAsync(int attempt, string failure, CancellationToken cancellationToken) => attempt >= MaxAttempts
        ? throw new DependencyUnavailableException(failure)
        : Task.Delay(random.NextDouble() * TimeSpan.FromMilliseconds(Math.Min(First.TotalMilliseconds * Math.Pow(2, attempt - 1), Longest.TotalMilliseconds)), time, cancellationToken);
}
