using DaprLocal.Config;

namespace DaprLocal.PubSub;

/// <summary>Delivers the records of one partition one by one, strictly in order.</summary>
internal sealed class SingleDelivery(SubscriptionContext context, IClaim claim)
{
    private const int ReadCount = 32;
    private const int ReadBytes = 4 * 1024 * 1024;
    private readonly Subscription _subscription = context.Subscription;

    private readonly Queue<BrokerMessage> _read = [];

    /// <summary>Runs until the claim ends; then the partition has finished its record or given it up.</summary>
    public async Task RunAsync()
    {
        while (!claim.Ended.IsCancellationRequested)
        {
            try
            {
                await DeliverNextAsync();
            }
            catch (OperationCanceledException) when (claim.Ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                PubSubLog.LoopFailed(context.Log, _subscription.Topic, context.AppId, SubscriptionContext.FaultPause, error);
                await PauseAsync(SubscriptionContext.FaultPause).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task DeliverNextAsync()
    {
        if (_read.Count == 0)
        {
            foreach (var message in claim.Read(ReadCount, ReadBytes)) _read.Enqueue(message);
        }

        if (!_read.TryPeek(out var next))
        {
            await claim.Arrived.WaitAsync(claim.Ended);
            return;
        }

        await SettleAsync(next);
        _read.Dequeue();
        claim.Settle(next.Offset + 1);
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
            var (outcome, status) = await AttemptAsync(message, body, scan);
            switch (outcome)
            {
                case Outcome.Success:
                    return;
                case Outcome.Drop or Outcome.Ignore:
                    await DropAsync(message, status);
                    return;
                default:
                    if (await GivenUpAsync(message, status, ref failures, outcome == Outcome.Refused)) return;
                    break;
            }
        }
    }

    private async Task<(Outcome Outcome, int Status)> AttemptAsync(BrokerMessage message, ReadOnlyMemory<byte> body, EventScan scan)
    {
        var answer = await context.App.PostAsync(
            _subscription.Route,
            "application/cloudevents+json",
            body,
            DeliveryHeaders.Http(message, context.PubSub, context.IsRaw ? null : scan.TraceParent),
            context.Policy?.Timeout,
            context.Time,
            context.Abort);
        return (AppAnswers.Single(answer), answer.Status);
    }

    private Task<bool> GivenUpAsync(BrokerMessage message, int status, ref FailureCount failures, bool refused)
    {
        if (context.Retries.After(ref failures, refused).Pause is not { } pause) return DeadLetterOrPauseAsync(message);
        if (!refused) PubSubLog.DeliveryFailed(context.Log, context.AppId, message.Topic, message.Partition, message.Offset, status, pause);
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
        if (await context.TryDeadLetterAsync(message, HeadersOfDeadLetter(message))) return true;
        await PauseAsync(context.PubSub.BackOff);
        return false;
    }

    private async Task DropAsync(BrokerMessage message, int status)
    {
        PubSubLog.Dropped(context.Log, context.AppId, message.Topic, message.Partition, message.Offset, status);
        if (_subscription.DeadLetterTopic is null) return;
        while (!await context.TryDeadLetterAsync(message, HeadersOfDeadLetter(message))) await PauseAsync(context.PubSub.BackOff);
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
        await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, claim.Ended);
    }

    private Task PauseAsync(TimeSpan pause) => Task.Delay(pause, context.Time, claim.Ended);

    private Dictionary<string, string> HeadersOfDeadLetter(BrokerMessage message) => new(DeliveryHeaders.Metadata(message)) { ["pubsubName"] = context.PubSub.Name };
}
