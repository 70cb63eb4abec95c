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
internal sealed partial class RecentOrders(IStateStore state, Backoff backoff, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Cursors as a regular expression of JSON Schema.</summary>
    public const string CursorPattern = @"^[0-9]{1,9}(\.[0-9]{1,9}){7}$";

    private const int Lists = 8;
    private const string TimeFormat = "x16";
    private const int TimeLength = 16;

    private readonly PagedList _lists = new("recent-orders", state, backoff, time);

    /// <summary>Adds an order unless it is in its list. <paramref name="isNew"/>: it was placed just now, so no full page has it.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; adding it again is safe.</exception>
    public Task AddAsync(Order order, bool isNew) =>
        _lists.AddAsync(NameOf(ListOf(order)), order.CreatedTime.UtcTicks.ToString(TimeFormat, CultureInfo.InvariantCulture) + order.Id, isNew ? null : order.CreatedTime);

    /// <summary>True for a cursor of <see cref="ListAsync"/>.</summary>
    public static bool IsCursor(string cursor) => Cursor().IsMatch(cursor);

    /// <summary>Up to <paramref name="count"/> orders behind <paramref name="cursor"/> (null: the newest), newest first.</summary>
    /// <exception cref="DependencyUnavailableException">A list cannot be read.</exception>
    public async Task<IReadOnlyList<ListedOrder>> ListAsync(string? cursor, int count, CancellationToken cancellationToken)
    {
        var before = cursor?.Split('.').Select(position => int.Parse(position, CultureInfo.InvariantCulture)).ToArray();
        var lists = await Task.WhenAll(Enumerable.Range(0, Lists).Select(list =>
            before?[list] == 0 ? Task.FromResult<IReadOnlyList<ListedItem>>([]) : _lists.ListAsync(NameOf(list), before?[list], count, cancellationToken)));
        var next = lists.Select(items => items.Count == 0 ? 0 : items[0].Position + 1).ToArray();
        var taken = new int[Lists];
        var found = new List<ListedOrder>();
        while (found.Count < count)
        {
            var going = Enumerable.Range(0, Lists).Where(list => taken[list] < lists[list].Count).ToArray();
            if (going.Length == 0) break;
            var newest = going.MaxBy(list => lists[list][taken[list]].Item[..TimeLength], StringComparer.Ordinal);
            var place = lists[newest][taken[newest]++];
            next[newest] = place.Position;
            var created = long.Parse(place.Item[..TimeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            found.Add(new ListedOrder(place.Item[TimeLength..], next.All(position => position == 0) ? null : string.Join('.', next), created));
        }

        return found;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _lists.DisposeAsync();

    /// <summary>One list for each group, so that its orders are added together; which group created an order never changes. An order of an earlier version has none.</summary>
    private static int ListOf(Order order)
    {
        var group = order.History[0].By?.Split('#')[0];
        return group is null ? 0 : group[^1] % Lists;
    }

    [GeneratedRegex(CursorPattern + @"(?!\n)")]
    private static partial Regex Cursor();

    private static string NameOf(int list) => list.ToString(CultureInfo.InvariantCulture);
}
