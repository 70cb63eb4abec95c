namespace InventoryApp.Tests;

/// <summary>A clock on which every pause is over at once and nothing happens periodically; it stands at <paramref name="now"/>, or shows the system's time.</summary>
internal sealed class InstantTime(DateTimeOffset? now = null) : TimeProvider
{
    /// <summary>How long ago the test began, as the clock shows it, besides the time that it took.</summary>
    public TimeSpan Passed { get; set; }

    public override DateTimeOffset GetUtcNow() => (now ?? base.GetUtcNow()) + Passed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period == Timeout.InfiniteTimeSpan && dueTime != Timeout.InfiniteTimeSpan) callback(state);
        return new Finished();
    }

    private sealed class Finished : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
