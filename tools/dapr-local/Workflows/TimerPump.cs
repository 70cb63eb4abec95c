using System.Threading.Channels;

namespace DaprLocal.Workflows;

/// <summary>
/// Wakes up when the earliest timer is due. It knows that one time only; which timers are due is the database's to say
/// (<paramref name="fire"/> gets the time, fires what is due and returns the next due time), so memory is bounded and
/// nothing is lost in a crash.
/// </summary>
internal sealed class TimerPump(TimeProvider time, Func<long, Task<long?>> fire, ILogger logger) : IAsyncDisposable
{
    // Timers of the runtime cannot sleep for longer than 49 days.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private ITimer? _timer;
    private Task _loop = Task.CompletedTask;
    private long _next = long.MaxValue;
    private bool _closed;

    /// <summary>Begins, with the earliest due time in the database.</summary>
    public void Start(long? due)
    {
        _timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop = Task.Run(RunAsync);
        Arm(due);
    }

    /// <summary>Notes that a timer is due at that time (UTC ticks).</summary>
    public void Arm(long? due)
    {
        if (due is not { } ticks) return;
        lock (_gate)
        {
            if (ticks >= _next || _closed) return;
            _next = ticks;
            SetTimer();
        }
    }

    /// <summary>Stops; a timer that is due then fires after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate) _closed = true;
        if (_timer is not null) await _timer.DisposeAsync();
        _wake.Writer.TryComplete();
        await _loop;
    }

    private void SetTimer()
    {
        var wait = TimeSpan.FromTicks(Math.Clamp(_next - time.GetUtcNow().UtcTicks, 0, LongestSleep.Ticks));
        // Rounded up: waking before the time would only mean to sleep again.
        _timer!.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    private async Task RunAsync()
    {
        while (await _wake.Reader.WaitToReadAsync())
        {
            while (_wake.Reader.TryRead(out _)) { }
            lock (_gate) _next = long.MaxValue;
            var now = time.GetUtcNow();
            try
            {
                Arm(await fire(now.UtcTicks));
            }
            catch (Exception error) when (error is Microsoft.Data.Sqlite.SqliteException or ChannelClosedException)
            {
                logger.StoreFailed(error);
                Arm((now + RetryDelay).UtcTicks);
            }
        }
    }
}
