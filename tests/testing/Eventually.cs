using System.Diagnostics;

namespace OrderInventory.Testing;

/// <summary>Waits for a condition of a running system instead of for a time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns the first value that <paramref name="accept"/> takes; fails with the last value after <paramref name="within"/>.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T>> read, Func<T, bool> accept, TimeSpan within, string what)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var value = await read();
            if (accept(value)) return value;
            if (clock.Elapsed > within) throw new TimeoutException($"Not within {within.TotalSeconds} s: {what}. Last seen: {value}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <summary>Ends when <paramref name="condition"/> holds; fails after so many <paramref name="seconds"/>.</summary>
    public static Task TrueAsync(Func<bool> condition, string what, double seconds = 20) => GetAsync(() => Task.FromResult(condition()), met => met, TimeSpan.FromSeconds(seconds), what);
}
