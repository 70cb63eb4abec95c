using System.Collections.Immutable;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults;

namespace OrderApp.Groups;

/// <summary>
/// Follows the groups that this process started, or told to look again. One that takes longer than a second is told to settle
/// what was answered, and again after 2, 4, … seconds more: an answer that is late must not hold up the other orders for long, and
/// an activity for each answer would cost more than the orders. After two minutes, or when the process dies, the agenda looks
/// after the group. In the first second the documents are looked at: with several replicas, most groups end in another one.
/// One that could not be started is started a few times more, before the agenda has others take its orders over.
/// </summary>
internal sealed class GroupFollower(OrderStore orders, IGroupEngine engine, TimeProvider time, ILogger<GroupFollower> logger) : IAsyncDisposable
{
    private const int MaxFollowed = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // When the documents are looked at, in seconds after the start.
    private static readonly TimeSpan[] Looks = [.. new[] { 0.25, 0.5, 0.75, 1, 3, 7, 15, 31, 63, 127 }.Select(TimeSpan.FromSeconds)];

    private readonly Dictionary<string, Followed> _followed = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();

    /// <summary>
    /// Follows a group that is about to be started or told; what is followed already is followed on. Returned is what ends when
    /// the group is over, after a second, or when the process ends.
    /// </summary>
    public Task Follow(string group, ImmutableArray<string> driven)
    {
        var followed = new Followed();
        lock (_gate) Add(group, driven, followed);
        return IsOverAsync(followed.Over.Task, Patience);
    }

    /// <summary>The group could not be started, as far as is known: it is started later.</summary>
    public void StartLater(string group, ImmutableArray<string> driven)
    {
        lock (_gate)
        {
            // Nobody may follow it any more: none of its orders waits, and what they are now is not told.
            if (_followed.TryGetValue(group, out var followed)) followed.IsToStart = true;
            else Add(group, driven, new Followed { IsToStart = true });
        }
    }

    /// <summary>No order of the group waits any more.</summary>
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

    private void Add(string group, ImmutableArray<string> driven, Followed followed)
    {
        if (_followed.Count < MaxFollowed && !_stop.IsCancellationRequested && _followed.TryAdd(group, followed)) followed.Following = FollowAsync(group, driven, followed);
    }

    private async Task FollowAsync(string group, ImmutableArray<string> driven, Followed followed)
    {
        try
        {
            var start = time.GetTimestamp();
            foreach (var look in Looks)
            {
                if (await IsOverAsync(followed.Over.Task, look - time.GetElapsedTime(start))) break;
                if (followed.IsToStart)
                {
                    // From then on others may have them, and nobody would purge this group.
                    if (time.GetElapsedTime(start) >= OrderAgenda.FirstLook) break;
                    if (look >= Patience && await StartAsync(group, driven)) followed.IsToStart = false;
                }
                else if (!await IsWaitingAsync(group, driven, isLate: look >= Patience))
                {
                    break;
                }
            }
        }
        finally
        {
            followed.Over.TrySetResult();
            lock (_gate) _followed.Remove(group);
        }
    }

    private async Task<bool> StartAsync(string group, ImmutableArray<string> driven)
    {
        try
        {
            await engine.StartAsync(group, driven, _stop.Token);
            return true;
        }
        catch (Exception error) when (error is DependencyUnavailableException or OperationCanceledException)
        {
            // The first try told of it.
            return false;
        }
    }

    /// <summary>False: none of its orders waits any more. A group that is late is told to settle.</summary>
    private async Task<bool> IsWaitingAsync(string group, ImmutableArray<string> driven, bool isLate)
    {
        try
        {
            // Its calls may have run in another replica.
            var stored = await orders.ReadManyAsync(driven, _stop.Token);
            if (!stored.Values.Any(order => order.Reading == OrderReading.Unreadable || (order.Order is { Step: not null } waiting && waiting.Group == group))) return false;
            // One order has no other to hold up. A group that is not there yet is told the next time.
            if (isLate && driven.Length > 1) await engine.RaiseAsync(group, GroupSignal.Settle, _stop.Token);
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
        await Task.WhenAny(over, Task.Delay(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, time, end.Token));
        await end.CancelAsync();
        return over.IsCompleted || _stop.IsCancellationRequested;
    }

    private sealed class Followed
    {
        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Following { get; set; } = Task.CompletedTask;

        public volatile bool IsToStart;
    }
}
