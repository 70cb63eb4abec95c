namespace DaprLocal.Costs;

/// <summary>
/// Processors that exist on paper only: each piece of work takes the one that is free first, for as long as it costs, first
/// come first served.
/// </summary>
internal sealed class VirtualProcessors(int count, TimeProvider time)
{
    // Waits are no finer than the timers of the machine; what is shorter is still on the books.
    private static readonly TimeSpan Finest = TimeSpan.FromMilliseconds(1);

    // Since the start, by the clock that nobody sets.
    private readonly TimeSpan[] _freeAt = new TimeSpan[count];
    private readonly long _start = time.GetTimestamp();
    private readonly Lock _gate = new();

    /// <summary>Puts work on the books and returns when it is done.</summary>
    public Task WorkAsync(TimeSpan cost, CancellationToken cancellationToken)
    {
        var wait = Book(cost);
        return wait < Finest ? Task.CompletedTask : Task.Delay(wait, time, cancellationToken);
    }

    /// <summary>Puts work on the books that nobody waits for; how long it takes from now until it is done.</summary>
    public TimeSpan Book(TimeSpan cost)
    {
        var now = time.GetElapsedTime(_start);
        lock (_gate)
        {
            var first = 0;
            for (var i = 1; i < count; i++)
                if (_freeAt[i] < _freeAt[first]) first = i;
            _freeAt[first] = (_freeAt[first] > now ? _freeAt[first] : now) + cost;
            return _freeAt[first] - now;
        }
    }
}
