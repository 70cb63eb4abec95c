using System.Collections.Concurrent;

namespace OrderApp.Groups;

/// <summary>Tells the intake when a group that it started is over, as far as this process sees its activity.</summary>
internal sealed class GroupWatch(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _groups = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True when <paramref name="group"/> is over, or the process ends. False after a second: it waits for a slow inventory, or runs in another replica.</summary>
    public async Task<bool> OverAsync(string group)
    {
        var over = _groups[group] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new CancellationTokenSource();
        await Task.WhenAny(over.Task, _closed.Task, Task.Delay(Patience, time, stop.Token));
        await stop.CancelAsync();
        _groups.TryRemove(group, out _);
        return over.Task.IsCompleted || _closed.Task.IsCompleted;
    }

    /// <summary>No order of the group waits any more.</summary>
    public void Over(string group)
    {
        if (_groups.TryGetValue(group, out var over)) over.TrySetResult();
    }

    /// <summary>The process ends: nobody waits any more.</summary>
    public void Close() => _closed.TrySetResult();
}
