using System.Globalization;
using System.Text.RegularExpressions;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;

namespace OrderApp.Storage;

/// <summary>
/// The orders of everybody, in the order in which they were accepted. They are spread over several lists (<c>recent-orders:{0…7}</c>), because replicas would
/// wait for one another at a single one. An item begins with the time of its order, so that the lists are merged without a look at the orders.
/// </summary>
internal sealed partial class RecentOrders(IStateStore state, Backoff backoff, Random random, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Cursors as a regular expression of JSON Schema.</summary>
    public const string CursorPattern = @"^[0-9]{1,9}(\.[0-9]{1,9}){7}$";

    private const int Lists = 8;
    private const string TimeFormat = "x16";
    private const int TimeLength = 16;

    // Read beyond what is asked for, to know the times that an item stands between.
    private const int Beyond = 20;

    private readonly PagedList _lists = new("recent-orders", state, backoff, time);

    /// <summary>One of the lists, for all orders of a round, which are added together.</summary>
    public int AnyList() => random.Next(Lists);

    /// <summary>Adds an order to its list unless it is there. <paramref name="isNew"/>: it was placed just now, so no full page has it.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; adding it again is safe.</exception>
    public Task AddAsync(Order order, bool isNew) =>
        _lists.AddAsync(NameOf(order.RecentList ?? 0), order.CreatedTime.UtcTicks.ToString(TimeFormat, CultureInfo.InvariantCulture) + order.Id, isNew ? null : order.CreatedTime);

    /// <summary>True for a cursor of <see cref="ListAsync"/>.</summary>
    public static bool IsCursor(string cursor) => Cursor().IsMatch(cursor);

    /// <summary>Up to <paramref name="count"/> orders behind <paramref name="cursor"/> (null: the newest), newest first.</summary>
    /// <exception cref="DependencyUnavailableException">A list cannot be read.</exception>
    public async Task<IReadOnlyList<ListedOrder>> ListAsync(string? cursor, int count, CancellationToken cancellationToken)
    {
        var before = cursor?.Split('.').Select(position => int.Parse(position, CultureInfo.InvariantCulture)).ToArray();
        var lists = await Task.WhenAll(Enumerable.Range(0, Lists).Select(list => ReadAsync(list, before?[list], count, cancellationToken)));
        var next = lists.Select(places => places.Count == 0 ? 0 : places.Peek().Position + 1).ToArray();
        var found = new List<ListedOrder>();
        while (found.Count < count && lists.Any(places => places.Count > 0))
        {
            var newest = Enumerable.Range(0, Lists).Where(list => lists[list].Count > 0).MaxBy(list => lists[list].Peek().Time, StringComparer.Ordinal);
            var place = lists[newest].Dequeue();
            next[newest] = place.Position;
            found.Add(new ListedOrder(place.OrderId, next.All(position => position == 0) ? null : string.Join('.', next), long.Parse(place.Created, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)));
        }

        return found;
    }

    private async Task<Queue<Place>> ReadAsync(int list, int? before, int count, CancellationToken cancellationToken)
    {
        if (before == 0) return [];
        var places = (await _lists.ListAsync(NameOf(list), before, count + Beyond, cancellationToken)).Select(item => new Place(item.Position, item.Item[..TimeLength], item.Item[TimeLength..], item.Item[..TimeLength])).ToArray();
        // What was entered late, after a failure, counts from when it was entered: else it would hold back the newer ones behind it.
        for (var i = places.Length - 2; i >= 0; i--)
            if (string.CompareOrdinal(places[i].Time, places[i + 1].Time) < 0) places[i] = places[i] with { Time = places[i + 1].Time };
        return new Queue<Place>(places);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _lists.DisposeAsync();

    [GeneratedRegex(CursorPattern + @"(?!\n)")]
    private static partial Regex Cursor();

    private static string NameOf(int list) => list.ToString(CultureInfo.InvariantCulture);

    /// <summary>An item of a list. <paramref name="Time"/>: what it is sorted by.</summary>
    private sealed record Place(int Position, string Created, string OrderId, string Time);
}
