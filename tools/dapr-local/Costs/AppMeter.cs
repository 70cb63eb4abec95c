namespace DaprLocal.Costs;

/// <summary>Charges the processor time that the apps use: on the real machine they share the processors with their sidecars.</summary>
internal sealed class AppMeter : IAsyncDisposable
{
    // Short beside what an order takes, long beside what reading it costs.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _charging;

    /// <summary>Charges what the apps use from now on, until it is disposed; one that has ended uses nothing more.</summary>
    public AppMeter(CostModel costs, IReadOnlyList<(string AppId, Func<TimeSpan?> Used)> apps, TimeProvider time) => _charging = ChargeAsync(costs, apps, time);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _charging;
        _stopping.Dispose();
    }

    private async Task ChargeAsync(CostModel costs, IReadOnlyList<(string AppId, Func<TimeSpan?> Used)> apps, TimeProvider time)
    {
        var before = apps.Select(app => app.Used() ?? TimeSpan.Zero).ToArray();
        while (!_stopping.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            for (var i = 0; i < before.Length; i++)
            {
                if (apps[i].Used() is not { } now) continue;
                costs.ChargeApp(apps[i].AppId, now - before[i]);
                before[i] = now;
            }
        }
    }
}
