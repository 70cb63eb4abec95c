using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace OrderInventory.ServiceDefaults.State;

/// <summary>The newest items of a list, oldest first, and how many full pages there are before them.</summary>
internal sealed record ListHead(int Pages, DateTimeOffset LastSealed, ImmutableArray<string> Items);

/// <summary>A full page. It never changes.</summary>
internal sealed record ListPage(DateTimeOffset PreviousSealed, ImmutableArray<string> Items);

/// <summary>An item and its place in the list, from 0.</summary>
public readonly record struct ListedItem(int Position, string Item);

/// <summary>
/// Lists of ids on stores without queries, each in the order in which its items were added: a head
/// (<c>{kind}:{list}</c>) under its ETag that is cut into full pages (<c>{kind}-page:{list}:{page}</c>). Nothing is ever
/// moved or removed, so a position is a stable cursor. An id whose document is missing belongs to an addition that was
/// not finished, and is passed over by whoever reads the list. <paramref name="firstAdded"/> says when an item can have
/// been added first; by default any time, and then an item that is on a full page may be added twice.
/// </summary>
public sealed class PagedList(string kind, IStateStore state, TimeProvider time, Func<string, DateTimeOffset>? firstAdded = null)
{
    /// <summary>Items on a full page.</summary>
    public const int PageSize = 100;

    private const int MaxAttempts = 16;

    // Clocks of replicas differ; an item may have been appended this long before its page was closed by another one.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(5);

    private GroupCommit<string>? _appends;

    /// <summary>Adds an item unless it is in the list.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; adding it again is safe.</exception>
    public Task AddAsync(string list, string item) =>
        LazyInitializer.EnsureInitialized(ref _appends, () => new GroupCommit<string>(AppendAsync)).AddAsync(list, item);

    /// <summary>Up to <paramref name="count"/> items before position <paramref name="before"/> (null: the newest), newest first.</summary>
    /// <exception cref="DependencyUnavailableException">The list cannot be read.</exception>
    public async Task<IReadOnlyList<ListedItem>> ListAsync(string list, int? before, int count, CancellationToken cancellationToken)
    {
        var (head, _) = await ReadHeadAsync(list, cancellationToken);
        var end = Math.Min(before ?? int.MaxValue, (head.Pages * PageSize) + head.Items.Length);
        var start = Math.Max(0, end - count);
        var found = new List<ListedItem>();
        for (var number = Math.Min((end - 1) / PageSize, head.Pages); end > start; number--)
        {
            var first = number * PageSize;
            var items = number == head.Pages ? head.Items : (await ReadPageAsync(list, number, cancellationToken)).Items;
            for (; end > first && end > start; end--) found.Add(new ListedItem(end - 1, items[end - 1 - first]));
        }

        return found;
    }

    private async Task AppendAsync(string list, IReadOnlyList<string> items)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (head, etag) = await ReadHeadAsync(list, CancellationToken.None);
            var added = head.Items;
            foreach (var item in items.Distinct())
                if (!await ContainsAsync(list, head, item)) added = added.Add(item);
            if (added.Length == head.Items.Length) return;
            var cut = await SealAsync(list, head);
            var changed = cut with { Items = cut.Items.AddRange(added[head.Items.Length..]) };
            if (await state.SaveAsync(Save(HeadKey(list), changed, PagedListJson.Default.ListHead, etag is null ? SaveCondition.Absent : SaveCondition.Unchanged, etag), CancellationToken.None)) return;
        }

        throw new DependencyUnavailableException($"A list of {kind} could not be stored.");
    }

    /// <summary>An item that was retried after a crash may be on a page that was closed since it was first asked for.</summary>
    private async Task<bool> ContainsAsync(string list, ListHead head, string item)
    {
        if (head.Items.Contains(item)) return true;
        if (firstAdded is null) return false;
        var asked = firstAdded(item) - ClockDifference;
        var closed = head.LastSealed;
        for (var number = head.Pages - 1; number >= 0 && closed >= asked; number--)
        {
            var page = await ReadPageAsync(list, number, CancellationToken.None);
            if (page.Items.Contains(item)) return true;
            closed = page.PreviousSealed;
        }

        return false;
    }

    /// <summary>
    /// Cuts full pages off the stored head. The page is written first; whoever repeats this, however late, writes the same
    /// items, because what is stored in a head stays where it is until it is cut.
    /// </summary>
    private async Task<ListHead> SealAsync(string list, ListHead head)
    {
        while (head.Items.Length >= 2 * PageSize)
        {
            var page = new ListPage(head.LastSealed, head.Items[..PageSize]);
            if (!await state.SaveAsync(Save(PageKey(list, head.Pages), page, PagedListJson.Default.ListPage, SaveCondition.None, null), CancellationToken.None))
                throw new DependencyUnavailableException($"A page of a list of {kind} could not be stored.");
            head = new ListHead(head.Pages + 1, time.GetUtcNow(), head.Items[PageSize..]);
        }

        return head;
    }

    private async Task<(ListHead Head, string? ETag)> ReadHeadAsync(string list, CancellationToken cancellationToken)
    {
        var entry = await state.GetAsync(HeadKey(list), cancellationToken);
        return (Documents.Parse(entry, PagedListJson.Default.ListHead) ?? new ListHead(0, DateTimeOffset.MinValue, []), entry.ETag);
    }

    private async Task<ListPage> ReadPageAsync(string list, int number, CancellationToken cancellationToken) =>
        Documents.Parse(await state.GetAsync(PageKey(list, number), cancellationToken), PagedListJson.Default.ListPage)
            ?? throw new DependencyUnavailableException($"A page of a list of {kind} is missing.");

    private static StateSave Save<T>(string key, T value, JsonTypeInfo<T> json, SaveCondition condition, string? etag) =>
        new(key, Documents.Bytes(value, json), condition, etag);

    private string HeadKey(string list) => StateKey.Of(kind, list);

    private string PageKey(string list, int number) => StateKey.Of(kind + "-page", list, number.ToString(CultureInfo.InvariantCulture));
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(ListHead))]
[JsonSerializable(typeof(ListPage))]
internal sealed partial class PagedListJson : JsonSerializerContext;
