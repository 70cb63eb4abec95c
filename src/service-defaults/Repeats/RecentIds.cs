namespace OrderInventory.ServiceDefaults.Repeats;

/// <summary>Ids of late, so many of them; it tells one that comes again soon.</summary>
public sealed class RecentIds(int max)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Queue<string> _oldest = new();

    /// <summary>Remembers the id; false when it already was.</summary>
    public bool Add(string id)
    {
        lock (_gate)
        {
            if (!_known.Add(id)) return false;
            _oldest.Enqueue(id);
            if (_oldest.Count > max) _known.Remove(_oldest.Dequeue());
            return true;
        }
    }
}
