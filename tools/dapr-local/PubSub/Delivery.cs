using DaprLocal.Config;
using DaprLocal.Costs;

namespace DaprLocal.PubSub;

/// <summary>
/// Delivers the records of the partitions that it serves in batches: one at a time, drawn over all of them in the order of
/// arrival, as soon as the handler is free and anything is there. A bulk subscription has one delivery for all its partitions;
/// any other has one for each, with batches of one record, so that partitions do not wait for each other. daprd takes a bulk
/// batch from one partition and lets all bulk topics of a component wait for each other, as <see cref="BulkTurns"/> does with
/// <c>--costs</c>; here a batch that waits for its retry holds back its own partitions only.
/// </summary>
internal sealed class Delivery(SubscriptionContext context) : IDisposable
{
    private const int DefaultBatch = 80;
    private const int MaxBatch = 1000;
    private const int MaxBatchBytes = 4 * 1024 * 1024;
    private const int MinReadAhead = 32;
    private readonly Subscription _subscription = context.Subscription;
    private readonly bool _isBulk = context.Subscription.Bulk is not null;
    private readonly int _batchSize = context.Subscription.Bulk is { } bulk ? Math.Clamp(bulk.MaxMessagesCount ?? DefaultBatch, 1, MaxBatch) : 1;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<DeliveryPartition> _partitions = [];

    /// <summary>Serves one more partition until its claim ends; then its part of the batch under way has been answered.</summary>
    public async Task ServeAsync(IClaim claim)
    {
        var partition = new DeliveryPartition(claim);
        await _turn.WaitAsync(CancellationToken.None);
        _partitions.Add(partition);
        _turn.Release();
        if (_isBulk && context.PubSub.Costs.IsOn) await new BulkTurns(context, _batchSize, DeliverAsync).ServeAsync(partition);
        else while (!claim.Ended.IsCancellationRequested) await TakeTurnAsync(partition);
        await _turn.WaitAsync(CancellationToken.None);
        _partitions.Remove(partition);
        _turn.Release();
    }

    public void Dispose() => _turn.Dispose();

    // Whoever has the turn delivers for all partitions.
    private async Task TakeTurnAsync(DeliveryPartition partition)
    {
        var ended = partition.Claim.Ended;
        var hasTurn = false;
        try
        {
            await _turn.WaitAsync(ended);
            hasTurn = true;
            var batch = partition.DueAt <= context.Time.GetUtcNow() ? partition.Open : Draw();
            if (batch.Count > 0)
            {
                await DeliverAsync(batch);
                return;
            }

            hasTurn = false;
            _turn.Release();
            var pause = partition.DueAt - context.Time.GetUtcNow();
            if (pause is null) await partition.Claim.Arrived.WaitAsync(ended);
            else if (pause > TimeSpan.Zero) await partition.Claim.Arrived.WaitAsync(pause.Value, context.Time, ended);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The caller sees it.
        }
        catch (Exception error)
        {
            PubSubLog.LoopFailed(context.Log, _subscription.Topic, context.AppId, SubscriptionContext.FaultPause, error);
            await Task.Delay(SubscriptionContext.FaultPause, context.Time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            if (hasTurn) _turn.Release();
        }
    }

    private List<DeliveryItem> Draw()
    {
        var batch = new List<DeliveryItem>(_batchSize);
        var serving = _partitions.FindAll(partition => !partition.Claim.Ended.IsCancellationRequested);
        foreach (var partition in serving) partition.Fill(Math.Max(_batchSize, MinReadAhead), MaxBatchBytes);
        var bytes = 0;
        foreach (var item in serving.SelectMany(partition => partition.Ahead).OrderBy(item => item.Message.Sequence).Take(_batchSize))
        {
            bytes += item.Message.Body.Length;
            if (batch.Count > 0 && bytes > MaxBatchBytes) break;
            item.EntryId = batch.Count;
            batch.Add(item);
        }

        foreach (var part in batch.GroupBy(item => item.Partition)) part.Key.Begin(part.Count());
        return batch;
    }

    private async Task DeliverAsync(List<DeliveryItem> batch)
    {
        try
        {
            var entries = new List<DeliveryItem>(batch.Count);
            foreach (var item in batch)
            {
                if (await IsDeliverableAsync(item)) entries.Add(item);
                else item.IsSettled = true;
            }

            if (entries.Count > 0) await CallAsync(entries);
        }
        finally
        {
            var now = context.Time.GetUtcNow();
            foreach (var partition in batch.Select(item => item.Partition).Distinct())
            {
                if (partition.Open.Count == 0) partition.Complete();
                else if (!(partition.DueAt > now)) partition.Postpone(now + SubscriptionContext.FaultPause, startsOver: false);
            }
        }
    }

    private async Task CallAsync(List<DeliveryItem> entries)
    {
        await context.PubSub.Costs.ChargeAsync(Operation.Delivery, 1, context.Abort);
        if (!_isBulk)
        {
            var message = entries[0].Message;
            var body = context.IsRaw ? CloudEvents.Raw(context.PubSub.Name, message.Topic, message.Body.Span) : message.Body;
            var answered = await PostAsync("application/cloudevents+json", body, DeliveryHeaders.Http(message, context.PubSub, entries[0].TraceParent));
            await SettleAsync(entries[0].Partition, [(entries[0], AppAnswers.Single(answered))], answered);
            return;
        }

        var answer = await PostAsync("application/json", BulkBody.Of(context, entries), [new("pubsubname", context.PubSub.Name), new("traceparent", DeliveryHeaders.NoTrace)]);
        var outcomes = AppAnswers.Bulk(answer, [.. entries.Select(entry => entry.EntryId)]);
        foreach (var part in entries.Zip(outcomes).GroupBy(pair => pair.First.Partition)) await SettleAsync(part.Key, [.. part], answer);
    }

    private Task<AppAnswer> PostAsync(string contentType, ReadOnlyMemory<byte> body, IEnumerable<KeyValuePair<string, string>> headers) =>
        context.App.PostAsync(_subscription.Route, contentType, body, headers, context.Policy?.Timeout, context.Time, context.Abort);

    private async Task SettleAsync(DeliveryPartition partition, List<(DeliveryItem Item, Outcome Outcome)> part, AppAnswer answer)
    {
        foreach (var (item, outcome) in part)
        {
            item.IsSettled = outcome is Outcome.Success or Outcome.Ignore || (outcome == Outcome.Drop && (_subscription.DeadLetterTopic is null || await DeadLetterAsync(item)));
            if (outcome is Outcome.Ignore or Outcome.Drop) PubSubLog.Dropped(context.Log, context.AppId, _subscription.Topic, item.Message.Partition, item.Message.Offset, answer.Status);
        }

        var failed = part.FindAll(pair => pair.Outcome is Outcome.Retry or Outcome.Refused);
        if (failed.Count == 0) return;
        var refused = failed[0].Outcome == Outcome.Refused;
        var (pause, startsOver) = context.Retries.After(ref partition.Failures, refused);
        if (pause is null)
        {
            foreach (var (item, _) in failed) item.IsSettled = await DeadLetterAsync(item);
            return;
        }

        var first = failed[0].Item.Message;
        if (!refused) PubSubLog.DeliveryFailed(context.Log, context.AppId, first.Topic, first.Partition, first.Offset, answer.Status, pause.Value);
        else if (partition.Failures.Refusals == 1) PubSubLog.AppIsDown(context.Log, context.AppId, first.Topic);
        partition.Postpone(context.Time.GetUtcNow() + pause.Value, startsOver);
    }

    // What is no event, or too old, goes to the dead letter topic. Without one a bulk subscription skips it.
    private async Task<bool> IsDeliverableAsync(DeliveryItem item)
    {
        if (context.IsRaw) return true;
        var scan = EventScan.Of(item.Message.Body);
        item.TraceParent = scan.TraceParent;
        var isExpired = scan.Expiration <= context.Time.GetUtcNow();
        if (scan.IsEvent && !isExpired) return true;
        var message = item.Message;
        if (_subscription.DeadLetterTopic is not null)
        {
            if (!await DeadLetterAsync(item)) throw new BrokerException("the dead letter topic takes nothing");
        }
        else if (_isBulk || isExpired)
        {
            PubSubLog.NotDelivered(context.Log, message.Topic, message.Partition, message.Offset, "it is skipped");
        }
        else
        {
            // As with daprd: nobody can take it, and skipping it would be a silent loss.
            PubSubLog.NotDelivered(context.Log, message.Topic, message.Partition, message.Offset, "its partition waits");
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, item.Partition.Claim.Ended);
        }

        return false;
    }

    private Task<bool> DeadLetterAsync(DeliveryItem item)
    {
        var headers = DeliveryHeaders.Metadata(item.Message);
        if (!_isBulk) headers["pubsubName"] = context.PubSub.Name;
        return context.TryDeadLetterAsync(item.Message, headers);
    }
}
