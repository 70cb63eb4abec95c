namespace InventoryApp.Storage;

/// <summary>How long a writer that lost a race waits before it reads again, by chance of <paramref name="random"/>.</summary>
internal sealed class Backoff(Random random)
{
    /// <summary>Attempts before a save is given up; the caller's caller has more patience than a race should need.</summary>
    public const int MaxAttempts = 12;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    /// <summary>The pause after <paramref name="attempt"/>, spread over a whole step so that two that lost the same race do not meet again.</summary>
    public TimeSpan After(int attempt) =>
        random.NextDouble() * TimeSpan.FromMilliseconds(Math.Min(First.TotalMilliseconds * Math.Pow(2, attempt - 1), Longest.TotalMilliseconds));
}
