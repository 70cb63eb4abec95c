using System.Collections.Immutable;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults;

namespace OrderApp.Storage;

/// <summary>What has to be looked at later, written before the documents that it is about: nothing is stored that nobody will look at.</summary>
internal sealed class OrderAgenda(AgendaPages pages, TimeProvider time)
{
    /// <summary>How long a group has before the agenda looks after it.</summary>
    public static TimeSpan FirstLook { get; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a group may take from the agenda to its start: one that the engine does not know then is lost.</summary>
    public static TimeSpan Young { get; } = TimeSpan.FromSeconds(5);

    /// <summary>A group may be about to drive these orders.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown: store nothing that names the group.</exception>
    public Task AddGroupAsync(string group, ImmutableArray<string> orders, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return pages.AddAsync(new AgendaEntry(group, AgendaKind.Group, group, orders, now + FirstLook, now)).WaitAsync(cancellationToken);
    }

    /// <summary>Those of the orders that are about to be CONFIRMED have a deadline.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown: store none of them.</exception>
    public Task AddDeadlinesAsync(IEnumerable<Order> orders, CancellationToken cancellationToken)
    {
        var due = orders.Where(order => order is { Status: OrderStatus.Confirmed, Step: null, Deadline: not null }).ToArray();
        if (due.Length == 0) return Task.CompletedTask;
        var now = time.GetUtcNow();
        var entry = new AgendaEntry(Guid.CreateVersion7(now).ToString(), AgendaKind.Deadline, null, [.. due.Select(order => order.Id)], due.Max(order => order.Deadline!.Value), now);
        return pages.AddAsync(entry).WaitAsync(cancellationToken);
    }
}
