namespace OrderInventory.Proof.Simulation;

/// <summary>Time that passes only when nothing else can happen.</summary>
internal sealed class VirtualTime(DateTimeOffset start)
{
    private readonly PriorityQueue<Timer, (DateTimeOffset Due, long Order)> _timers = new();
    private long _order;

    public DateTimeOffset Now { get; private set; } = start;

    /// <summary>The times that somebody waits for, in their order.</summary>
    public IEnumerable<DateTimeOffset> Awaited => _timers.UnorderedItems.Where(waiting => waiting.Element.Due == waiting.Priority.Due && !waiting.Element.Owner.IsDead).Select(waiting => waiting.Priority.Due).Order();

    /// <summary>Goes to the next timer and runs it. False: there is none until <paramref name="limit"/>.</summary>
    public bool AdvanceToNext(DateTimeOffset limit)
    {
        while (_timers.TryPeek(out var timer, out var key) && key.Due <= limit)
        {
            _timers.Dequeue();
            if (timer.Due != key.Due || timer.Owner.IsDead) continue;
            Now = key.Due;
            timer.Due = null;
            timer.Callback(timer.State);
            return true;
        }

        return false;
    }

    /// <summary>The clock of one process, or of the world around them.</summary>
    internal sealed class Clock(VirtualTime time) : TimeProvider
    {
        /// <summary>True: the process is gone, and its timers never fire.</summary>
        public bool IsDead { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => time.Now;

        public override long GetTimestamp() => time.Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(time, this, callback, state);
            timer.Change(dueTime, period);
            return timer;
        }

        /// <summary>Runs <paramref name="action"/> after <paramref name="delay"/>.</summary>
        public void After(TimeSpan delay, Action action) => CreateTimer(_ => action(), null, delay, Timeout.InfiniteTimeSpan);
    }

    private sealed class Timer(VirtualTime time, Clock owner, TimerCallback callback, object? state) : ITimer
    {
        public Clock Owner => owner;

        public TimerCallback Callback => callback;

        public object? State => state;

        public DateTimeOffset? Due { get; set; }

        // What repeats itself only tidies up (writers that are idle), and would let time pass for ever.
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime < TimeSpan.Zero || period > TimeSpan.Zero ? null : time.Now + dueTime;
            if (Due is { } due) time._timers.Enqueue(this, (due, time._order++));
            return true;
        }

        public void Dispose() => Due = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
