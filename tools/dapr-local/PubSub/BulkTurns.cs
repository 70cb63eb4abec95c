namespace DaprLocal.PubSub;

/// <summary>
/// daprd's loop over one partition of a bulk subscription, which <c>--costs</c> asks for. Whoever hands a batch over keeps the
/// one turn of the component until the app has answered, retries included; a message that joins the batch of another
/// partition waits for the same turn. So a slow handler makes batches no larger.
/// </summary>
internal sealed class BulkTurns(SubscriptionContext context, int batchSize, Func<List<DeliveryItem>, Task> deliverAsync)
{
    private const int DefaultAwait = 10_000;
    private const int MaxBatchBytes = 4 * 1024 * 1024;
    private readonly TimeSpan _every = TimeSpan.FromMilliseconds(context.Subscription.Bulk?.MaxAwaitDurationMs ?? DefaultAwait);

    private DateTimeOffset Now => context.Time.GetUtcNow();

    /// <summary>Serves the partition until its claim ends.</summary>
    public async Task ServeAsync(DeliveryPartition partition)
    {
        var (ended, joined, tick) = (partition.Claim.Ended, 0, Now + _every);
        while (!ended.IsCancellationRequested)
        {
            try
            {
                partition.Fill(batchSize, MaxBatchBytes);
                var (isMore, left) = (partition.Ahead.Skip(joined).Any(), tick - Now);
                if (!isMore && (joined == 0 || left > TimeSpan.Zero))
                {
                    if (joined == 0) await partition.Claim.Arrived.WaitAsync(ended);
                    else await partition.Claim.Arrived.WaitAsync(left, context.Time, ended);
                    continue;
                }

                // Where a message and a tick are both ready chance decides, as select does in Go; of missed ticks one is kept.
                var isTick = left <= TimeSpan.Zero && !(isMore && context.PubSub.Costs.Chance.Next(2) == 0);
                if (isTick) tick += _every * (1 + Math.Floor(-left / _every));
                await context.PubSub.BulkTurn.WaitAsync(ended);
                try
                {
                    if (!isTick) joined++;
                    if (joined < batchSize && !isTick) continue;
                    await HandOverAsync(partition, joined);
                    joined = 0;
                }
                finally
                {
                    context.PubSub.BulkTurn.Release();
                }
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                PubSubLog.LoopFailed(context.Log, context.Subscription.Topic, context.AppId, SubscriptionContext.FaultPause, error);
                await Task.Delay(SubscriptionContext.FaultPause, context.Time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Until all of the batch has settled; one that a fault has left comes first.
    private async Task HandOverAsync(DeliveryPartition partition, int count)
    {
        if (partition.Open.Count == 0)
        {
            foreach (var (number, item) in partition.Ahead.Take(count).Index()) item.EntryId = number;
            partition.Begin(count);
        }

        while (partition.Open is { Count: > 0 } open)
        {
            if (partition.DueAt - Now is { } pause && pause > TimeSpan.Zero) await Task.Delay(pause, context.Time, partition.Claim.Ended);
            await deliverAsync(open);
        }
    }
}
