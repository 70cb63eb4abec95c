using System.Buffers;
using System.Text.Json;
using DaprLocal.Config;

namespace DaprLocal.PubSub;

/// <summary>
/// Delivers the records of one topic in batches: one batch at a time, drawn over all partitions in the order of arrival,
/// as soon as the handler is free and anything is there. daprd takes a batch from one partition and lets all bulk topics
/// of a component wait for each other; here an entry that waits for its retry holds back its own partition only.
/// </summary>
internal sealed class BulkDelivery(SubscriptionContext context)
{
    private const int DefaultBatch = 80;
    private const int MaxBatch = 1000;
    private const int MaxBatchBytes = 4 * 1024 * 1024;
    private readonly Subscription _subscription = context.Subscription;
    private readonly int _batchSize = Math.Clamp(context.Subscription.Bulk?.MaxMessagesCount ?? DefaultBatch, 1, MaxBatch);

    /// <summary>Runs until the sidecar stops; then the batch under way has been answered or given up.</summary>
    public async Task RunAsync()
    {
        var broker = context.PubSub.Broker;
        var offsets = await broker.OffsetsAsync(context.PubSub.Group, _subscription.Topic, context.Stopping);
        var partitions = offsets.Select((offset, number) => new BulkPartition(number, offset)).ToArray();
        var arrived = new Signal();
        using var watch = broker.Watch(_subscription.Topic, partition =>
        {
            partitions[partition].MayHaveMore = true;
            arrived.Set();
        });
        while (!context.Stopping.IsCancellationRequested)
        {
            try
            {
                foreach (var partition in partitions) partition.Fill(broker, _subscription.Topic, _batchSize, MaxBatchBytes);
                var batch = Draw(partitions);
                if (batch.Count == 0) await WaitAsync(partitions, arrived);
                else await DeliverAsync(batch, partitions);
            }
            catch (OperationCanceledException) when (context.Stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                PubSubLog.LoopFailed(context.Log, _subscription.Topic, context.AppId, SubscriptionContext.FaultPause, error);
                await Task.Delay(SubscriptionContext.FaultPause, context.Time, context.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private List<BulkItem> Draw(BulkPartition[] partitions)
    {
        var now = context.Time.GetUtcNow();
        var batch = new List<BulkItem>(_batchSize);
        var bytes = 0;
        foreach (var item in partitions.SelectMany(partition => partition.Ready(now)).OrderBy(item => item.Message.Sequence))
        {
            bytes += item.Message.Body.Length;
            if (batch.Count > 0 && bytes > MaxBatchBytes) break;
            batch.Add(item);
            if (batch.Count == _batchSize) break;
        }

        return batch;
    }

    private async Task WaitAsync(BulkPartition[] partitions, Signal arrived)
    {
        var due = partitions.Select(partition => partition.NextDue()).Min();
        if (due is null)
        {
            await arrived.WaitAsync(context.Stopping);
            return;
        }

        var pause = due.Value - context.Time.GetUtcNow();
        if (pause > TimeSpan.Zero) await arrived.WaitAsync(pause, context.Time, context.Stopping);
    }

    private async Task DeliverAsync(List<BulkItem> batch, BulkPartition[] partitions)
    {
        var entries = new List<BulkItem>(batch.Count);
        foreach (var item in batch)
        {
            if (await IsDeliverableAsync(item)) entries.Add(item);
            else partitions[item.Message.Partition].Settle(item);
        }

        if (entries.Count > 0)
        {
            var answer = await context.App.PostAsync(
                _subscription.Route,
                "application/json",
                Body(entries),
                [new("pubsubname", context.PubSub.Name), new("traceparent", DeliveryHeaders.NoTrace)],
                context.Policy?.Timeout,
                context.Time,
                context.Abort);
            var outcomes = AppAnswers.Bulk(answer, entries.Count);
            for (var i = 0; i < outcomes.Length; i++)
            {
                if (await IsSettledAsync(entries[i], outcomes[i], answer)) partitions[entries[i].Message.Partition].Settle(entries[i]);
            }
        }

        foreach (var partition in partitions)
        {
            if (partition.HasMoved()) context.Offsets.Settle(_subscription.Topic, partition.Number, partition.Next);
        }
    }

    // What is no event, or too old, is skipped; a dead letter topic keeps it.
    private async Task<bool> IsDeliverableAsync(BulkItem item)
    {
        if (context.IsRaw) return true;
        var scan = EventScan.Of(item.Message.Body.Span);
        if (scan.IsEvent && !(scan.Expiration <= context.Time.GetUtcNow())) return true;
        var message = item.Message;
        if (_subscription.DeadLetterTopic is null) PubSubLog.NotAnEvent(context.Log, message.Topic, message.Partition, message.Offset, "it is skipped");
        else if (!await context.TryDeadLetterAsync(message)) throw new BrokerException("the dead letter topic takes nothing");
        return false;
    }

    private async Task<bool> IsSettledAsync(BulkItem item, Outcome outcome, AppAnswer answer)
    {
        var message = item.Message;
        switch (outcome)
        {
            case Outcome.Success:
                return true;
            case Outcome.Ignore:
                PubSubLog.Dropped(context.Log, context.AppId, message.Topic, message.Partition, message.Offset, answer.Status);
                return true;
            case Outcome.Drop when _subscription.DeadLetterTopic is null || await context.TryDeadLetterAsync(message):
                PubSubLog.Dropped(context.Log, context.AppId, message.Topic, message.Partition, message.Offset, answer.Status);
                return true;
        }

        var pause = context.PubSub.BackOff;
        if (outcome != Outcome.Drop)
        {
            if (context.Retries.After(ref item.Failures, outcome == Outcome.Refused) is { } next) pause = next;
            else if (await context.TryDeadLetterAsync(message)) return true;
        }

        if (outcome != Outcome.Refused) PubSubLog.DeliveryFailed(context.Log, context.AppId, message.Topic, message.Partition, message.Offset, answer.Status, pause);
        else if (item.Failures.Refusals == 1) PubSubLog.AppIsDown(context.Log, context.AppId, message.Topic);
        item.IsRetry = true;
        item.DueAt = context.Time.GetUtcNow() + pause;
        return false;
    }

    private ReadOnlyMemory<byte> Body(List<BulkItem> entries)
    {
        var output = new ArrayBufferWriter<byte>(entries.Sum(entry => entry.Message.Body.Length + 256));
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteStartArray("entries"u8);
        for (var i = 0; i < entries.Count; i++)
        {
            var message = entries[i].Message;
            json.WriteStartObject();
            json.WriteString("entryId"u8, i.ToString(System.Globalization.CultureInfo.InvariantCulture));
            json.WritePropertyName("event"u8);
            if (context.IsRaw) json.WriteBase64StringValue(message.Body.Span);
            else json.WriteRawValue(message.Body.Span, skipInputValidation: true);
            json.WriteString("contentType"u8, context.IsRaw ? "application/octet-stream" : "application/cloudevents+json");
            json.WriteStartObject("metadata"u8);
            foreach (var (name, value) in DeliveryHeaders.Metadata(message)) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("id"u8, Guid.CreateVersion7(context.Time.GetUtcNow()).ToString());
        json.WriteStartObject("metadata"u8);
        json.WriteString("pubsubName"u8, context.PubSub.Name);
        json.WriteEndObject();
        json.WriteString("pubsubname"u8, context.PubSub.Name);
        json.WriteString("topic"u8, _subscription.Topic);
        json.WriteString("type"u8, "com.dapr.event.sent.bulk");
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }
}
