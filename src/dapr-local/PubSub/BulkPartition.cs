namespace DaprLocal.PubSub;

/// <summary>A record of a bulk subscription that has not settled, with its failures.</summary>
internal sealed class BulkItem(BrokerMessage message)
{
    /// <summary>Failures so far.</summary>
    public FailureCount Failures;

    /// <summary>The record.</summary>
    public BrokerMessage Message => message;

    /// <summary>When it may be delivered (again).</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>True when its delivery failed before; only such records are delivered while there are any.</summary>
    public bool IsRetry { get; set; }
}

/// <summary>
/// One partition of a bulk subscription: what has been read and not settled, in order. While a record waits for its
/// retry, the records behind it that were not in its batch wait as well, so that a key keeps its order.
/// </summary>
internal sealed class BulkPartition(int number, long next)
{
    private readonly List<BulkItem> _open = [];
    private long _readFrom = next;
    private long _reported = next;

    /// <summary>Set when records may have arrived.</summary>
    public volatile bool MayHaveMore = true;

    /// <summary>The partition's number.</summary>
    public int Number => number;

    /// <summary>Where the group goes on after a restart: the first record that has not settled.</summary>
    public long Next => _open.Count > 0 ? _open[0].Message.Offset : _readFrom;

    /// <summary>The records that may be delivered now.</summary>
    public IEnumerable<BulkItem> Ready(DateTimeOffset now)
    {
        // Of records that failed, a later one never overtakes an earlier one.
        return _open.Exists(item => item.IsRetry) ? _open.Where(item => item.IsRetry).TakeWhile(item => item.DueAt <= now) : _open;
    }

    /// <summary>When the next waiting record becomes due; null when none waits.</summary>
    public DateTimeOffset? NextDue() => _open.Find(item => item.IsRetry)?.DueAt;

    /// <summary>Reads ahead up to <paramref name="maxCount"/> open records.</summary>
    public void Fill(IBroker broker, string topic, int maxCount, int maxBytes)
    {
        if (!MayHaveMore || _open.Count >= maxCount || _open.Exists(item => item.IsRetry)) return;
        MayHaveMore = false;
        var wanted = maxCount - _open.Count;
        var messages = broker.Read(topic, number, _readFrom, wanted, maxBytes);
        foreach (var message in messages) _open.Add(new BulkItem(message));
        if (messages.Count == 0) return;
        _readFrom = messages[^1].Offset + 1;
        MayHaveMore = true;
    }

    /// <summary>Forgets a record that needs no more deliveries.</summary>
    public void Settle(BulkItem item) => _open.Remove(item);

    /// <summary>True when <see cref="Next"/> has moved since the last call.</summary>
    public bool HasMoved()
    {
        if (Next == _reported) return false;
        _reported = Next;
        return true;
    }
}
