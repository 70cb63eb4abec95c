namespace OrderInventory.ServiceDefaults.Repeats;

/// <summary>A request or message about an order that came more than once, or that failed and so has to.</summary>
/// <param name="What">The request, as <c>POST /api/orders</c>, or the topic of the message.</param>
/// <param name="Id">Key of the request, id of the message; null for a request without a key.</param>
/// <param name="Again">How often it came although it had been carried out, and was answered as before.</param>
/// <param name="Failed">How often it could not be carried out: a request was a 503, a message is delivered again.</param>
/// <param name="Differing">How often another request came under its key, and was refused.</param>
/// <param name="First">The first of these times, UTC.</param>
/// <param name="Last">The last of them, UTC.</param>
public sealed record Repeat(string What, string? Id, int Again, int Failed, int Differing, DateTimeOffset First, DateTimeOffset Last);

/// <summary>
/// What this process remembers of repeats, by order. In memory and bounded: what repeats most should cost no writes, and an operator
/// who looks at an order wants to know what happens now. What comes once and is carried out is not noted.
/// </summary>
public sealed class RepeatMemory(TimeProvider time)
{
    /// <summary>Repeats that are remembered; a tenth, the longest unseen, is forgotten for more.</summary>
    public const int MaxRemembered = 10_000;

    private const int MaxShown = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string OrderId, string What, string? Id), Repeat> _repeats = [];
    private DateTimeOffset _since = time.GetUtcNow();

    /// <summary>It came although it had been carried out.</summary>
    public void Again(string orderId, string what, string? id) => Note(orderId, what, id, repeat => repeat with { Again = repeat.Again + 1 });

    /// <summary>It could not be carried out.</summary>
    public void Failed(string orderId, string what, string? id) => Note(orderId, what, id, repeat => repeat with { Failed = repeat.Failed + 1 });

    /// <summary>Another request came under its key.</summary>
    public void Differing(string orderId, string what, string? id) => Note(orderId, what, id, repeat => repeat with { Differing = repeat.Differing + 1 });

    /// <summary>The repeats about an order, latest last, at most 100; and the time since when nothing was forgotten.</summary>
    public (IReadOnlyList<Repeat> Repeats, DateTimeOffset Since) Read(string orderId)
    {
        lock (_gate)
            return ([.. _repeats.Where(known => string.Equals(known.Key.OrderId, orderId, StringComparison.OrdinalIgnoreCase)).Select(known => known.Value).OrderBy(repeat => repeat.Last).TakeLast(MaxShown)], _since);
    }

    private void Note(string orderId, string what, string? id, Func<Repeat, Repeat> count)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var key = (orderId, what, id);
            if (!_repeats.TryGetValue(key, out var known))
            {
                if (_repeats.Count == MaxRemembered) Forget();
                known = new Repeat(what, id, 0, 0, 0, now, now);
            }

            _repeats[key] = count(known) with { Last = now };
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
