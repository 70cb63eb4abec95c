using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
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
    private static readonly RoundLimits Limits = new(Lanes: 4, MaxItems: 200, MaxBytes: int.MaxValue, MaxWaiting: 5_000);

    private readonly string _kind;
    private readonly IStateStore _state;
    private readonly Backoff _backoff;
    private readonly TimeProvider _time;
    private readonly RoundQueue<Addition, bool> _additions;

    /// <summary>Lists of one kind.</summary>
    public PagedList(string kind, IStateStore state, Backoff backoff, TimeProvider time)
    {
        (_kind, _state, _backoff, _time) = (kind, state, backoff, time);
        _additions = new RoundQueue<Addition, bool>(Limits, AppendAsync);
    }

    /// <summary>
    /// Adds an item unless it is in the list. <paramref name="firstAdded"/> says when it can have been added first; null: not
    /// known, and an item that is on a full page may be added twice.
    /// </summary>
    /// <exception cref="DependencyUnavailableException">Unknown; adding it again is safe.</exception>
    public Task AddAsync(string list, string item, DateTimeOffset? firstAdded = null) => _additions.AddAsync(new Addition(item, firstAdded), list);

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

    private async Task AppendAsync(IReadOnlyList<RoundItem<Addition, bool>> additions)
    {
        for (var attempt = 1; ; attempt++)
        {
            var lists = additions.Where(addition => !addition.IsDone).GroupBy(addition => addition.Key).ToArray();
            var heads = await _state.GetManyAsync([.. lists.Select(list => HeadKey(list.Key))], MaxBytes, CancellationToken.None);
            var saves = await Task.WhenAll(lists.Select(list => AppendAsync(list, heads[HeadKey(list.Key)])));
            if (await _state.SaveManyAsync([.. saves.OfType<StateSave>()], CancellationToken.None))
                foreach (var (list, save) in lists.Zip(saves))
                    if (save is not null) Done(list);
            if (additions.All(addition => addition.IsDone)) return;
            // Lost race, outage, or applied in spite of the error: the next read tells them apart.
            await _backoff.AfterAsync(attempt, $"A list of {_kind} could not be stored.", CancellationToken.None);
        }
    }

    /// <summary>What has to be saved for one list; null when nothing has to or nothing can be.</summary>
    private async Task<StateSave?> AppendAsync(IGrouping<string, RoundItem<Addition, bool>> additions, StateEntry entry)
    {
        if (entry.IsUnreadable) return null;
        var list = additions.Key;
        try
        {
            var head = HeadOf(entry);
            var added = head.Items;
            foreach (var addition in additions.Select(addition => addition.Item).DistinctBy(addition => addition.Item))
                if (!await ContainsAsync(list, head, addition)) added = added.Add(addition.Item);
            if (added.Length == head.Items.Length)
            {
                Done(additions);
                return null;
            }

            var cut = await SealAsync(list, head);
            var changed = cut with { Items = cut.Items.AddRange(added[head.Items.Length..]) };
            return Save(HeadKey(list), changed, PagedListJson.Default.ListHead, entry.ETag is null ? SaveCondition.Absent : SaveCondition.Unchanged, entry.ETag);
        }
        catch (DependencyUnavailableException error)
        {
            foreach (var addition in additions) addition.Fail(error);
            return null;
        }
    }

    private static void Done(IEnumerable<RoundItem<Addition, bool>> additions)
    {
        foreach (var addition in additions) addition.Done(true);
    }

    /// <summary>An item that was retried after a crash may be on a page that was closed since it was first asked for.</summary>
    private async Task<bool> ContainsAsync(string list, ListHead head, Addition addition)
    {
        if (head.Items.Contains(addition.Item)) return true;
        if (addition.FirstAdded is not { } firstAdded) return false;
        var closed = head.LastSealed;
        for (var number = head.Pages - 1; number >= 0 && closed >= firstAdded - ClockDifference; number--)
        {
            var page = await ReadPageAsync(list, number, CancellationToken.None);
            if (page.Items.Contains(addition.Item)) return true;
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
            if (!await _state.SaveAsync(Save(PageKey(list, head.Pages), page, PagedListJson.Default.ListPage, SaveCondition.None, null), CancellationToken.None))
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

    private static StateSave Save<T>(string key, T value, JsonTypeInfo<T> json, SaveCondition condition, string? etag) =>
        new(key, Documents.Bytes(value, json), condition, etag);

    private string HeadKey(string list) => StateKey.Of(_kind, list);

    private string PageKey(string list, int number) => StateKey.Of(_kind + "-page", list, number.ToString(CultureInfo.InvariantCulture));

    private sealed record Addition(string Item, DateTimeOffset? FirstAdded);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(ListHead))]
[JsonSerializable(typeof(ListPage))]
internal sealed partial class PagedListJson : JsonSerializerContext;
