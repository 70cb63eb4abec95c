namespace InventoryApp.Stock;

/// <summary>
/// What this process knows to be archived: for a product, the number of the operation up to which all are. What it forgets,
/// of the products that nobody asked for the longest, is learnt anew by archiving a few operations again.
/// </summary>
internal sealed class ArchivedSoFar
{
    // Half of what is remembered. An entry takes some 150 bytes.
    private const int MaxProducts = 20_000;

    private readonly Lock _gate = new();
    private Dictionary<string, long> _recent = [];
    private Dictionary<string, long> _older = [];

    /// <summary>The number for a product; 0 when nothing is known.</summary>
    public long Of(string productId)
    {
        lock (_gate)
        {
            if (_recent.TryGetValue(productId, out var sequence)) return sequence;
            if (!_older.TryGetValue(productId, out sequence)) return 0;
            Remember(productId, sequence);
            return sequence;
        }
    }

    /// <summary>Notes that all operations up to <paramref name="sequence"/> are archived.</summary>
    public void Set(string productId, long sequence)
    {
        lock (_gate) Remember(productId, sequence);
    }

    /// <summary>Forgets what is known about a product.</summary>
    public void Forget(string productId)
    {
        lock (_gate)
        {
            _recent.Remove(productId);
            _older.Remove(productId);
        }
    }

    private void Remember(string productId, long sequence)
    {
        if (_recent.Count >= MaxProducts && !_recent.ContainsKey(productId)) (_older, _recent) = (_recent, []);
        _recent[productId] = sequence;
    }
}
