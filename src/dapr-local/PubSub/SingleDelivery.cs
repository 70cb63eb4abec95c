using DaprLocal.Config;

namespace DaprLocal.PubSub;

/// <summary>Delivers the records of one topic one by one: strictly in order within a partition, partitions side by side.</summary>
internal sealed class SingleDelivery(SubscriptionContext context)
{
    private const int ReadCount = 32;
    private const int ReadBytes = 4 * 1024 * 1024;
    private readonly Subscription _subscription = context.Subscription;

    /// <summary>Runs until the sidecar stops; then every partition has finished its record or given it up.</summary>
    public async Task RunAsync()
    {
        var broker = context.PubSub.Broker;
        var offsets = await broker.OffsetsAsync(context.PubSub.Group, _subscription.Topic, context.Stopping);
        var signals = offsets.Select(_ => new Signal()).ToArray();
        using var watch = broker.Watch(_subscription.Topic, partition => signals[partition].Set());
        await Task.WhenAll(offsets.Select((offset, partition) => Task.Run(() => RunPartitionAsync(partition, offset, signals[partition]))));
    }

    private async Task RunPartitionAsync(int partition, long offset, Signal arrived)
    {
        while (!context.Stopping.IsCancellationRequested)
        {
            try
            {
                var messages = context.PubSub.Broker.Read(_subscription.Topic, partition, offset, ReadCount, ReadBytes);
                if (messages.Count == 0) await arrived.WaitAsync(context.Stopping);
                foreach (var message in messages)
                {
                    context.Stopping.ThrowIfCancellationRequested();
                    await SettleAsync(message);
                    offset = message.Offset + 1;
                    context.Offsets.Settle(message.Topic, partition, offset);
                }
            }
            catch (OperationCanceledException) when (context.Stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                PubSubLog.LoopFailed(context.Log, _subscription.Topic, context.AppId, SubscriptionContext.FaultPause, error);
                await PauseAsync(SubscriptionContext.FaultPause);
            }
        }
    }

    // Ends when the record needs no more deliveries; until then its partition waits.
    private async Task SettleAsync(BrokerMessage message)
    {
        var scan = EventScan.Of(message.Body.Span);
        if (!context.IsRaw && !scan.IsEvent)
        {
            await SettleUnreadableAsync(message);
            return;
        }

        if (!context.IsRaw && scan.Expiration <= context.Time.GetUtcNow())
        {
            await DropAsync(message, status: 0);
            return;
        }

        var body = context.IsRaw ? CloudEvents.Raw(context.PubSub.Name, message.Topic, message.Body.Span) : message.Body;
        var failures = default(FailureCount);
        while (true)
        {
            var answer = await context.App.PostAsync(
                _subscription.Route,
                "application/cloudevents+json",
                body,
                DeliveryHeaders.Http(message, context.PubSub.Name, context.IsRaw ? null : scan.TraceParent),
                context.Policy?.Timeout,
                context.Time,
                context.Abort);
            switch (AppAnswers.Single(answer))
            {
                case Outcome.Success:
                    return;
                case Outcome.Drop or Outcome.Ignore:
                    await DropAsync(message, answer.Status);
                    return;
                case var outcome:
                    if (await GivenUpAsync(message, answer, ref failures, outcome == Outcome.Refused)) return;
                    break;
            }
        }
    }

    private Task<bool> GivenUpAsync(BrokerMessage message, AppAnswer answer, ref FailureCount failures, bool refused)
    {
        if (context.Retries.After(ref failures, refused) is not { } pause) return DeadLetterOrPauseAsync(message);
        if (!refused) PubSubLog.DeliveryFailed(context.Log, context.AppId, message.Topic, message.Partition, message.Offset, answer.Status, pause);
        else if (failures.Refusals == 1) PubSubLog.AppIsDown(context.Log, context.AppId, message.Topic);
        return PauseThenAsync(pause);
    }

    private async Task<bool> PauseThenAsync(TimeSpan pause)
    {
        await PauseAsync(pause);
        return false;
    }

    private async Task<bool> DeadLetterOrPauseAsync(BrokerMessage message)
    {
        if (await context.TryDeadLetterAsync(message)) return true;
        await PauseAsync(context.PubSub.BackOff);
        return false;
    }

    private async Task DropAsync(BrokerMessage message, int status)
    {
        PubSubLog.Dropped(context.Log, context.AppId, message.Topic, message.Partition, message.Offset, status);
        if (_subscription.DeadLetterTopic is null) return;
        while (!await context.TryDeadLetterAsync(message)) await PauseAsync(context.PubSub.BackOff);
    }

    private async Task SettleUnreadableAsync(BrokerMessage message)
    {
        if (_subscription.DeadLetterTopic is not null)
        {
            await DropAsync(message, status: 0);
            return;
        }

        // As with daprd: nobody can take it, and skipping it would be a silent loss.
        PubSubLog.NotAnEvent(context.Log, message.Topic, message.Partition, message.Offset, "its partition waits");
        await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, context.Stopping);
    }

    private Task PauseAsync(TimeSpan pause) => Task.Delay(pause, context.Time, context.Stopping);
}
