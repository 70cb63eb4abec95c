using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrderInventory.ServiceDefaults.Rounds;

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
/// not finished, and is passed over by whoever reads the list. What is added at the same time is added in one round.
/// </summary>
public sealed class PagedList : IAsyncDisposable
{
    /// <summary>Items on a full page.</summary>
    public const int PageSize = 100;

    // A head is cut at the latest when it has as many items as two pages and one round; an id takes at most 128 characters.
    private const int MaxBytes = 256 * 1024;

    // Clocks of replicas differ; an item may have been appended this long before its page was closed by another one.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(5);

    private readonly string _kind;
    private readonly IStateStore _state;
    private readonly TimeProvider _time;
    private readonly DocumentAdditions<Addition> _additions;

    /// <summary>Lists of one kind.</summary>
    public PagedList(string kind, IStateStore state, Backoff backoff, TimeProvider time)
    {
        (_kind, _state, _time) = (kind, state, time);
        _additions = new DocumentAdditions<Addition>($"A list of {kind}", MaxBytes, state, backoff, AppendAsync);
    }

    /// <summary>
    /// Adds an item unless it is in the list. <paramref name="firstAdded"/> says when it can have been added first; null: not
    /// known, and an item that is on a full page may be added twice.
    /// </summary>
    /// <exception cref="DependencyUnavailableException">Unknown; adding it again is safe.</exception>
    public Task AddAsync(string list, string item, DateTimeOffset? firstAdded = null) => _additions.AddAsync(HeadKey(list), new Addition(list, item, firstAdded));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _additions.DisposeAsync();

    /// <summary>Up to <paramref name="count"/> items before position <paramref name="before"/> (null: the newest), newest first.</summary>
    /// <exception cref="DependencyUnavailableException">The list cannot be read.</exception>
    public async Task<IReadOnlyList<ListedItem>> ListAsync(string list, int? before, int count, CancellationToken cancellationToken)
    {
        var head = await ReadHeadAsync(list, cancellationToken);
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

    /// <summary>The head with these items in it; null when the list has them all.</summary>
    private async Task<byte[]?> AppendAsync(StateEntry entry, IReadOnlyList<Addition> additions)
    {
        var (list, head) = (additions[0].List, HeadOf(entry));
        var missing = additions.DistinctBy(addition => addition.Item).Where(addition => !head.Items.Contains(addition.Item)).ToArray();
        var closed = await FindClosedAsync(list, head, missing);
        string[] added = [.. missing.Select(addition => addition.Item).Where(item => !closed.Contains(item))];
        if (added.Length == 0) return null;
        var cut = await SealAsync(list, head);
        return Documents.Bytes(cut with { Items = cut.Items.AddRange(added) }, PagedListJson.Default.ListHead);
    }

    /// <summary>Those that are on full pages: an item that was retried after a crash may be on a page that was closed since it was first asked for.</summary>
    private async Task<HashSet<string>> FindClosedAsync(string list, ListHead head, IEnumerable<Addition> additions)
    {
        var found = new HashSet<string>();
        var wanted = additions.Where(addition => addition.FirstAdded is not null).ToArray();
        if (wanted.Length == 0) return found;
        var since = wanted.Min(addition => addition.FirstAdded!.Value) - ClockDifference;
        var closed = head.LastSealed;
        for (var number = head.Pages - 1; number >= 0 && closed >= since; number--)
        {
            var page = await ReadPageAsync(list, number, CancellationToken.None);
            found.UnionWith(wanted.Select(addition => addition.Item).Intersect(page.Items));
            closed = page.PreviousSealed;
        }

        return found;
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
            if (!await _state.SaveAsync(new StateSave(PageKey(list, head.Pages), Documents.Bytes(page, PagedListJson.Default.ListPage), SaveCondition.None), CancellationToken.None))
                throw new DependencyUnavailableException($"A page of a list of {_kind} could not be stored.");
            head = new ListHead(head.Pages + 1, _time.GetUtcNow(), head.Items[PageSize..]);
        }

        return head;
    }

    private async Task<ListHead> ReadHeadAsync(string list, CancellationToken cancellationToken) => HeadOf(await _state.GetAsync(HeadKey(list), cancellationToken));

    private static ListHead HeadOf(StateEntry entry) => Documents.Parse(entry, PagedListJson.Default.ListHead) ?? new ListHead(0, DateTimeOffset.MinValue, []);

    private async Task<ListPage> ReadPageAsync(string list, int number, CancellationToken cancellationToken) =>
        Documents.Parse(await _state.GetAsync(PageKey(list, number), cancellationToken), PagedListJson.Default.ListPage)
            ?? throw new DependencyUnavailableException($"A page of a list of {_kind} is missing.");

    private string HeadKey(string list) => StateKey.Of(_kind, list);

    private string PageKey(string list, int number) => StateKey.Of(_kind + "-page", list, number.ToString(CultureInfo.InvariantCulture));

    private sealed record Addition(string List, string Item, DateTimeOffset? FirstAdded);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(ListHead))]
[JsonSerializable(typeof(ListPage))]
internal sealed partial class PagedListJson : JsonSerializerContext;
