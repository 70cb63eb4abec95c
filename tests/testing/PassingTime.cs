using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace OrderInventory.Testing;

/// <summary>A clock that the test moves on while it waits.</summary>
public static class PassingTime
{
    // Of the real clock: what takes as long never ends.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Ends with <paramref name="work"/>. Until then <paramref name="time"/> goes on by <paramref name="step"/> after each moment, since the work may wait for it to pass.</summary>
    /// <exception cref="TimeoutException">The work does not end, however much time passes.</exception>
    public static async Task UntilAsync(this FakeTimeProvider time, Task work, TimeSpan step)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(work);
        var real = Stopwatch.StartNew();
        for (var i = 0; !work.IsCompleted; i++)
        {
            if (real.Elapsed > Patience) throw new TimeoutException("What the test waits for does not end, however much time passes.");
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(i < 20 ? 1 : 10), TimeProvider.System));
            if (!work.IsCompleted) time.Advance(step);
        }

        await work;
    }
}
