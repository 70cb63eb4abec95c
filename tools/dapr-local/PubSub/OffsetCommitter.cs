
namespace DaprLocal.PubSub;

/// <summary>
/// Saves the offsets of one consumer group behind the deliveries: what settles while a save is under way goes into the
/// next one. A crash in between repeats deliveries, it loses none.
/// </summary>
internal sealed class OffsetCommitter : IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private readonly Dictionary<(string Topic, int Partition), long> _pending = [];
    private readonly Lock _lock = new();
    private readonly Signal _changed = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SqliteBroker _broker;
    private readonly string _group;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Task _loop;

    /// <summary>Starts to save.</summary>
    public OffsetCommitter(SqliteBroker broker, string group, TimeProvider time, ILogger log)
    {
        _broker = broker;
        _group = group;
        _time = time;
        _log = log;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Notes where the group goes on.</summary>
    public void Settle(string topic, int partition, long next)
    {
        lock (_lock) _pending[(topic, partition)] = next;
        _changed.Set();
    }

    /// <summary>Saves what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        await SaveAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _changed.WaitAsync(_stop.Token);
                if (!await SaveAsync()) await Task.Delay(RetryPause, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped; DisposeAsync saves the rest.
        }
    }

    private async Task<bool> SaveAsync()
    {
        TopicOffset[] offsets;
        lock (_lock)
        {
            if (_pending.Count == 0) return true;
            offsets = [.. _pending.Select(pair => new TopicOffset(pair.Key.Topic, pair.Key.Partition, pair.Value))];
            _pending.Clear();
        }

        try
        {
            await _broker.SaveOffsetsAsync(_group, offsets);
            return true;
        }
        catch (Exception error)
        {
            PubSubLog.OffsetsNotSaved(_log, _group, error);
            lock (_lock)
            {
                foreach (var offset in offsets) _pending.TryAdd((offset.Topic, offset.Partition), offset.Next);
            }

            _changed.Set();
            return false;
        }
    }
}
