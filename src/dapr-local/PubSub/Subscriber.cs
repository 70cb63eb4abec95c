using DaprLocal.Config;

namespace DaprLocal.PubSub;

/// <summary>Runs all deliveries of one app and stops them within a bound.</summary>
internal sealed class Subscriber(SidecarOptions options, IReadOnlyDictionary<string, PubSubComponent> pubsubs, AppChannel app, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly Dictionary<string, OffsetCommitter> _committers = [];
    private readonly List<Task> _deliveries = [];

    /// <summary>Starts the deliveries; a subscription without its component is logged and left out.</summary>
    public IReadOnlyList<Subscription> Start(IEnumerable<Subscription> subscriptions)
    {
        var started = new List<Subscription>();
        foreach (var subscription in subscriptions)
        {
            if (!pubsubs.TryGetValue(subscription.PubsubName, out var pubsub))
            {
                PubSubLog.NoComponent(log, options.AppId, subscription.Topic, subscription.PubsubName);
                continue;
            }

            if (!_committers.TryGetValue(pubsub.Name, out var committer)) _committers[pubsub.Name] = committer = new OffsetCommitter(pubsub.Broker, pubsub.Group, time, log);
            var context = new SubscriptionContext(
                options.AppId,
                subscription,
                pubsub,
                options.Resiliency.Inbound.GetValueOrDefault(pubsub.Name),
                app,
                committer,
                time,
                log,
                _stopping.Token,
                _abort.Token);
            _deliveries.Add(Task.Run(() => RunAsync(context)));
            started.Add(subscription);
        }

        PubSubLog.Subscribed(log, options.AppId, started.Count);
        return started;
    }

    /// <summary>Takes nothing new, lets the calls under way end for a few seconds, then saves the offsets.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        var all = Task.WhenAll(_deliveries);
        using (var limit = new CancellationTokenSource(DrainLimit))
        {
            await all.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _abort.CancelAsync();
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var committer in _committers.Values) await committer.DisposeAsync();
        _stopping.Dispose();
        _abort.Dispose();
    }

    // A topic that cannot be opened is tried again, since nobody else would.
    private async Task RunAsync(SubscriptionContext context)
    {
        while (!context.Stopping.IsCancellationRequested)
        {
            try
            {
                if (context.Subscription.Bulk is null) await new SingleDelivery(context).RunAsync();
                else await new BulkDelivery(context).RunAsync();
            }
            catch (OperationCanceledException) when (context.Stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                PubSubLog.LoopFailed(log, context.Subscription.Topic, context.AppId, context.PubSub.BackOff, error);
                await Task.Delay(context.PubSub.BackOff, time, context.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
