using System.Collections.Immutable;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults;

namespace OrderApp.Groups;

/// <summary>
/// Follows the groups that this process started, or told to look again. One that takes longer than a second is told to settle
/// what was answered, and again after 2, 4, … seconds more: an answer that is late must not hold up the other orders for long, and
/// an activity for each answer would cost more than the orders. After two minutes, or when the process dies, the agenda looks
/// after the group.
/// </summary>
internal sealed class GroupFollower(OrderStore orders, IGroupEngine engine, TimeProvider time, ILogger<GroupFollower> logger) : IAsyncDisposable
{
    private const int MaxFollowed = 1_000;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(64);

    private readonly Dictionary<string, (TaskCompletionSource Over, Task Following)> _followed = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();

    /// <summary>
    /// Follows a group that is about to be started or told; what is followed already is followed on. Returned is what ends when
    /// the group is over, as far as its activity runs in this process, after a second, or when the process ends.
    /// </summary>
    public Task Follow(string group, ImmutableArray<string> driven)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_followed.Count < MaxFollowed && !_followed.ContainsKey(group) && !_stop.IsCancellationRequested)
                _followed.Add(group, (over, FollowAsync(group, driven, over.Task)));
        }

        return IsOverAsync(over.Task, FirstPause);
    }

    /// <summary>No order of the group waits any more, or it was not started.</summary>
    public void Over(string group)
    {
        lock (_gate)
            if (_followed.TryGetValue(group, out var followed)) followed.Over.TrySetResult();
    }

    /// <summary>The process ends: nobody waits any more.</summary>
    public void Close() => _stop.Cancel();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Close();
        Task[] all;
        lock (_gate) all = [.. _followed.Values.Select(followed => followed.Following)];
        await Task.WhenAll(all);
        _stop.Dispose();
    }

    private async Task FollowAsync(string group, ImmutableArray<string> driven, Task over)
    {
        try
        {
            for (var pause = FirstPause; pause <= LastPause && !await IsOverAsync(over, pause); pause *= 2)
                if (!await IsSettlingAsync(group, driven)) break;
        }
        finally
        {
            lock (_gate) _followed.Remove(group);
        }
    }

    /// <summary>Tells the group to settle. False: none of its orders waits.</summary>
    private async Task<bool> IsSettlingAsync(string group, ImmutableArray<string> driven)
    {
        try
        {
            // Its calls may have run in another replica.
            var stored = await orders.ReadManyAsync(driven, _stop.Token);
            if (!stored.Values.Any(order => order.Reading == OrderReading.Unreadable || (order.Order is { Step: not null } waiting && waiting.Group == group))) return false;
            // One order has no other to hold up. A group that is not there yet is told the next time.
            if (driven.Length > 1) await engine.RaiseAsync(group, GroupSignal.Settle, _stop.Token);
            return true;
        }
        catch (DependencyUnavailableException error)
        {
            Log.NotSettled(logger, group, error);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<bool> IsOverAsync(Task over, TimeSpan patience)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await Task.WhenAny(over, Task.Delay(patience, time, end.Token));
        await end.CancelAsync();
        return over.IsCompleted || _stop.IsCancellationRequested;
    }
}
