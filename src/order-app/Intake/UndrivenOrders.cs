using OrderApp.Domain;

namespace OrderApp.Intake;

/// <summary>
/// Orders that a round of this process may have stored for its group without having that group drive them: the store went away
/// in between. Whoever asks for one of them next, mostly the client with its next try, has it driven without waiting for the
/// agenda. A process that ends forgets them, and the agenda finds them, as it finds those for which nobody asks.
/// </summary>
internal sealed class UndrivenOrders
{
    /// <summary>Orders that are remembered; the agenda has the older ones.</summary>
    private const int MaxOrders = 1_000;

    private readonly OrderedDictionary<string, string> _groups = [];
    private readonly Lock _gate = new();

    /// <summary>The orders, each with its group. What a process remembers changes what it does next; the proof has to know it.</summary>
    public IReadOnlyCollection<(string OrderId, string Group)> All
    {
        get { lock (_gate) return [.. _groups.Select(order => (order.Key, order.Value))]; }
    }

    /// <summary>True when it is known that the group that should drive the order does not.</summary>
    public bool Has(Order order)
    {
        lock (_gate) return _groups.TryGetValue(order.Id, out var group) && group == order.Group;
    }

    /// <summary>The round of <paramref name="group"/> is over: these orders it may have stored, of which it had those driven.</summary>
    public void RoundIsOver(string group, IEnumerable<string> stored, IReadOnlyCollection<string> driven)
    {
        lock (_gate)
        {
            foreach (var order in stored)
            {
                _groups.Remove(order);
                if (driven.Contains(order)) continue;
                _groups.Add(order, group);
                if (_groups.Count > MaxOrders) _groups.RemoveAt(0);
            }
        }
    }
}
