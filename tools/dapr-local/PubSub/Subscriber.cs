using System.Collections.Concurrent;
using DaprLocal.Config;

namespace DaprLocal.PubSub;

/// <summary>Runs all deliveries of one app and stops them within a bound.</summary>
internal sealed class Subscriber(SidecarOptions options, IReadOnlyDictionary<string, PubSubComponent> pubsubs, AppChannel app, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly List<Task> _consumers = [];
    private readonly ConcurrentBag<Delivery> _deliveries = [];

    /// <summary>Starts the deliveries; a subscription without its component or with a topic that cannot be is logged and left out.</summary>
    public IReadOnlyList<Subscription> Start(IEnumerable<Subscription> subscriptions)
    {
        var started = subscriptions.Where(CanServe).ToList();
        foreach (var group in started.GroupBy(subscription => subscription.PubsubName))
        {
            var pubsub = pubsubs[group.Key];
            var deliveries = group.ToDictionary(subscription => subscription.Topic, subscription => Serve(subscription, pubsub));
            _consumers.Add(Task.Run(() => ConsumeAsync(pubsub, deliveries)));
        }

        PubSubLog.Subscribed(log, options.AppId, started.Count);
        return started;
    }

    /// <summary>Takes nothing new, lets the calls under way end for a few seconds, then saves the offsets.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        var all = Task.WhenAll(_consumers);
        using (var limit = new CancellationTokenSource(DrainLimit))
        {
            await all.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _abort.CancelAsync();
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var delivery in _deliveries) delivery.Dispose();
        _stopping.Dispose();
        _abort.Dispose();
    }

    private bool CanServe(Subscription subscription)
    {
        try
        {
            if (!pubsubs.TryGetValue(subscription.PubsubName, out var pubsub)) throw new BrokerException($"it has no component '{subscription.PubsubName}'");
            if (!pubsub.Scopes.MaySubscribe(subscription.Topic)) throw new BrokerException($"the scopes of '{pubsub.Name}' do not allow it");
            TopicName.Check(subscription.Topic);
            return true;
        }
        catch (BrokerException error)
        {
            PubSubLog.NotSubscribed(log, options.AppId, subscription.Topic, error.Message);
            return false;
        }
    }

    private Func<IClaim, Task> Serve(Subscription subscription, PubSubComponent pubsub)
    {
        var context = new SubscriptionContext(options.AppId, subscription, pubsub, options.Resiliency.Inbound.GetValueOrDefault(pubsub.Name), app, time, log, _abort.Token);
        if (subscription.Bulk is null) return claim => NewDelivery().ServeAsync(claim);
        return NewDelivery().ServeAsync;

        Delivery NewDelivery()
        {
            var delivery = new Delivery(context);
            _deliveries.Add(delivery);
            return delivery;
        }
    }

    // A group that cannot be joined is tried again, since nobody else would.
    private async Task ConsumeAsync(PubSubComponent pubsub, Dictionary<string, Func<IClaim, Task>> deliveries)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await pubsub.Broker.ConsumeAsync(pubsub.Group, deliveries.Keys, claim => deliveries[claim.Topic](claim), _stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                PubSubLog.GroupFailed(log, options.AppId, pubsub.Name, pubsub.BackOff, error);
                await Task.Delay(pubsub.BackOff, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
