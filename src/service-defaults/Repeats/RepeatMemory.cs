using System.Text.Json.Serialization;

namespace OrderInventory.ServiceDefaults.Repeats;

/// <summary>Why something is remembered.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RepeatKind>))]
public enum RepeatKind
{
    /// <summary>It came although it had been carried out; it was answered as before.</summary>
    [JsonStringEnumMemberName("AGAIN")]
    Again = 1,

    /// <summary>It could not be carried out: a request was a 503, a message is delivered again.</summary>
    [JsonStringEnumMemberName("FAILED")]
    Failed,

    /// <summary>A request came whose key another one had used; it was refused.</summary>
    [JsonStringEnumMemberName("DIFFERING")]
    Differing,
}

/// <summary>A request or message about an order that came more than once, or that failed and so has to.</summary>
/// <param name="What">The request, as <c>POST /api/orders</c>, or the topic of the message.</param>
/// <param name="Id">Key of the request, id of the message; null for a request without a key.</param>
/// <param name="Kind">Why it is remembered; the same request or message may be for several reasons.</param>
/// <param name="Times">How often.</param>
/// <param name="First">The first time, UTC.</param>
/// <param name="Last">The last time, UTC.</param>
/// <param name="Done">When what had failed was carried out, UTC; null when it has not been since, and for the other kinds.</param>
public sealed record Repeat(string What, string? Id, RepeatKind Kind, int Times, DateTimeOffset First, DateTimeOffset Last, DateTimeOffset? Done);

/// <summary>
/// What this process remembers of repeats, by order. In memory and bounded: what repeats most should cost no writes, and an operator
/// who looks at an order wants to know what happens now. What comes once and is carried out is not noted.
/// </summary>
public sealed class RepeatMemory(TimeProvider time)
{
    /// <summary>Repeats that are remembered; a tenth, the longest unseen, is forgotten for more.</summary>
    public const int MaxRemembered = 10_000;

    /// <summary>Repeats that are read at once.</summary>
    public const int MaxRead = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string OrderId, string What, string? Id, RepeatKind Kind), Repeat> _repeats = [];
    private DateTimeOffset _since = time.GetUtcNow();

    /// <summary>It came once more, or in vain.</summary>
    public void Note(string orderId, string what, string? id, RepeatKind kind)
    {
        var now = time.GetUtcNow();
        var key = (orderId, what, id, kind);
        lock (_gate)
        {
            if (_repeats.Count == MaxRemembered && !_repeats.ContainsKey(key)) Forget();
            var known = _repeats.GetValueOrDefault(key) ?? new Repeat(what, id, kind, 0, now, now, null);
            _repeats[key] = known with { Times = known.Times + 1, Last = now, Done = null };
        }
    }

    /// <summary>It was carried out; of interest when it had failed before.</summary>
    public void Done(string orderId, string what, string? id)
    {
        var key = (orderId, what, id, RepeatKind.Failed);
        lock (_gate)
            if (_repeats.TryGetValue(key, out var failed) && failed.Done is null) _repeats[key] = failed with { Done = time.GetUtcNow() };
    }

    /// <summary>The repeats about an order, latest last, at most <see cref="MaxRead"/>; how many earlier ones there are; and the time since when nothing was forgotten.</summary>
    public (IReadOnlyList<Repeat> Repeats, int Earlier, DateTimeOffset Since) Read(string orderId)
    {
        lock (_gate)
        {
            var all = _repeats.Where(known => string.Equals(known.Key.OrderId, orderId, StringComparison.OrdinalIgnoreCase)).Select(known => known.Value).OrderBy(repeat => repeat.Last).ToArray();
            return (all[Math.Max(0, all.Length - MaxRead)..], Math.Max(0, all.Length - MaxRead), _since);
        }
    }

    private void Forget()
    {
        foreach (var (key, repeat) in _repeats.OrderBy(known => known.Value.Last).Take(MaxRemembered / 10).ToArray())
        {
            _repeats.Remove(key);
            _since = repeat.Last;
        }
    }
}
