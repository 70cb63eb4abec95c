namespace DaprLocal.PubSub;

/// <summary>
/// Saves the offsets of one consumer group behind the deliveries: what settles while a save is under way goes into the
/// next one. A crash in between repeats deliveries, it loses none.
/// </summary>
internal sealed class OffsetCommitter(SqliteBroker broker, string group, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private readonly Dictionary<(string Topic, int Partition), long> _pending = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _saving = Task.CompletedTask;
    private bool _isSaving;

    /// <summary>Notes where the group goes on.</summary>
    public void Settle(string topic, int partition, long next)
    {
        lock (_lock)
        {
            _pending[(topic, partition)] = next;
            if (_isSaving) return;
            _isSaving = true;
            _saving = Task.Run(SaveAsync);
        }
    }

    /// <summary>Saves what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _saving;
        await SaveAsync();
        _stop.Dispose();
    }

    // Until nothing is left; once stopped, a failure ends it.
    private async Task SaveAsync()
    {
        while (Take() is { Length: > 0 } offsets)
        {
            try
            {
                await broker.SaveOffsetsAsync(group, offsets);
            }
            catch (Exception error)
            {
                PubSubLog.OffsetsNotSaved(log, group, error);
                lock (_lock)
                {
                    foreach (var offset in offsets) _pending.TryAdd((offset.Topic, offset.Partition), offset.Next);
                }

                if (_stop.IsCancellationRequested) return;
                await Task.Delay(RetryPause, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private TopicOffset[] Take()
    {
        lock (_lock)
        {
            TopicOffset[] offsets = [.. _pending.Select(pair => new TopicOffset(pair.Key.Topic, pair.Key.Partition, pair.Value))];
            _pending.Clear();
            _isSaving = offsets.Length > 0;
            return offsets;
        }
    }
}
