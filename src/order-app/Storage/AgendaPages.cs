using System.Globalization;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;

namespace OrderApp.Storage;

/// <summary>A page as it was read.</summary>
internal sealed record ReadPage(long Slot, string Key, AgendaPage Page, string ETag);

/// <summary>
/// The agenda as it is stored: pages of the entries that are due within the same ten seconds, in a few shards so that
/// writers seldom meet, and how far they are worked off. What is added at the same time is added in one round.
/// </summary>
internal sealed class AgendaPages : IAsyncDisposable
{
    /// <summary>Seconds of a page.</summary>
    public const int SlotSeconds = 10;

    private const int Shards = 16;
    private const string ProgressKey = "agenda";

    // More than any ten seconds of a working system give; an entry with 64 orders takes less than 3 KB.
    private const int MaxEntries = 200;
    private const int MaxPageBytes = MaxEntries * 3 * 1024;

    // An entry that is due at once is written within this time, and clocks differ by less.
    private const int OpenSlots = 6;

    private readonly IStateStore _state;
    private readonly Random _random;
    private readonly Backoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger<AgendaPages> _logger;
    private readonly DocumentAdditions<AgendaEntry> _additions;
    private bool _isBegun;

    public AgendaPages(IStateStore state, Random random, Backoff backoff, TimeProvider time, ILogger<AgendaPages> logger)
    {
        (_state, _random, _backoff, _time, _logger) = (state, random, backoff, time, logger);
        _additions = new DocumentAdditions<AgendaEntry>("The agenda", MaxPageBytes, state, backoff, AppendAsync);
    }

    /// <summary>The last page that may be done with at <paramref name="now"/>: entries may still come to later ones.</summary>
    public static long LastClosed(DateTimeOffset now) => SlotOf(now) - OpenSlots;

    /// <summary>The page of a time: its Unix time in tens of seconds.</summary>
    public static long SlotOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / SlotSeconds;

    /// <summary>Puts an entry on the page of its time.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; adding it again is safe.</exception>
    public async Task AddAsync(AgendaEntry entry)
    {
        await BeginAsync();
        await _additions.AddAsync(PageKey(SlotOf(entry.Due), _random.Next(Shards)), entry);
    }

    /// <summary>The pages that exist from one slot to another, in their order, without damaged ones. Null: the store could not be read.</summary>
    public async Task<IReadOnlyList<ReadPage>?> ReadAsync(long from, long to, CancellationToken cancellationToken)
    {
        var keys = Enumerable.Range(0, (int)(to - from + 1)).SelectMany(slot => Enumerable.Range(0, Shards).Select(shard => (Slot: from + slot, Key: PageKey(from + slot, shard)))).ToArray();
        var entries = await _state.GetManyAsync([.. keys.Select(page => page.Key)], MaxPageBytes / 16, cancellationToken);
        if (entries.Values.Any(entry => entry.IsUnreadable)) return null;
        var pages = new List<ReadPage>();
        foreach (var (slot, key) in keys)
            if (entries[key].ETag is { } etag && Parse(key, entries[key]) is { } page) pages.Add(new ReadPage(slot, key, page, etag));
        return pages;
    }

    /// <summary>Takes entries off a page, which disappears with its last one.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; removing them again is safe.</exception>
    public async Task RemoveAsync(ReadPage page, IReadOnlySet<string> entryIds, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var left = page.Page with { Entries = [.. page.Page.Entries.Where(entry => !entryIds.Contains(entry.Id))] };
            if (left.Entries.Length == page.Page.Entries.Length && attempt > 1) return;
            if (left.Entries.IsEmpty ? await _state.DeleteAsync(page.Key, page.ETag, cancellationToken) : await _state.SaveAsync(Save(page.Key, left, page.ETag), cancellationToken)) return;
            await _backoff.AfterAsync(attempt, "A page of the agenda could not be stored.", cancellationToken);
            var entry = await _state.GetAsync(page.Key, cancellationToken);
            if (entry.ETag is null || Parse(page.Key, entry) is not { } read) return;
            page = page with { Page = read, ETag = entry.ETag };
        }
    }

    /// <summary>How far the agenda is worked off, and the ETag of that; both null before the first look.</summary>
    /// <exception cref="DependencyUnavailableException">It cannot be read.</exception>
    public async Task<(AgendaProgress? Progress, string? ETag)> ReadProgressAsync(CancellationToken cancellationToken)
    {
        var entry = await _state.GetAsync(ProgressKey, cancellationToken);
        return (Documents.Parse(entry, OrderJson.Default.AgendaProgress), entry.ETag);
    }

    /// <summary>Saves if nobody else did since it was read. False: unknown; the next look reads again.</summary>
    public Task<bool> SaveProgressAsync(AgendaProgress progress, string? etag, CancellationToken cancellationToken) => _state.SaveAsync(
        new StateSave(ProgressKey, Documents.Bytes(progress, OrderJson.Default.AgendaProgress), etag is null ? SaveCondition.Absent : SaveCondition.Unchanged, etag), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _additions.DisposeAsync();

    /// <summary>Before the first entry, so that no look begins behind it.</summary>
    private async Task BeginAsync()
    {
        if (_isBegun) return;
        var (progress, etag) = await ReadProgressAsync(CancellationToken.None);
        if (progress is null && !await SaveProgressAsync(AgendaProgress.Beginning(_time.GetUtcNow()), etag, CancellationToken.None) && (await ReadProgressAsync(CancellationToken.None)).Progress is null)
            throw new DependencyUnavailableException("The agenda could not be stored.");
        _isBegun = true;
    }

    /// <summary>The page with these entries on it; null when it has them all.</summary>
    private Task<byte[]?> AppendAsync(StateEntry stored, IReadOnlyList<AgendaEntry> entries)
    {
        if (!Documents.TryParse(stored, OrderJson.Default.AgendaPage, out var page)) throw new DependencyUnavailableException("A page of the agenda is damaged.");
        page ??= new AgendaPage([]);
        var known = page.Entries.Select(entry => entry.Id).ToHashSet();
        var fresh = entries.Where(entry => known.Add(entry.Id)).ToArray();
        if (page.Entries.Length + fresh.Length > MaxEntries) throw new DependencyUnavailableException("A page of the agenda is full.");
        return Task.FromResult(fresh.Length == 0 ? null : Documents.Bytes(page with { Entries = page.Entries.AddRange(fresh) }, OrderJson.Default.AgendaPage));
    }

    // An absent page is an empty one; null for a page that nobody can read.
    private AgendaPage? Parse(string key, StateEntry entry)
    {
        if (Documents.TryParse(entry, OrderJson.Default.AgendaPage, out var page)) return page ?? new AgendaPage([]);
        Log.AgendaDamaged(_logger, key);
        return null;
    }

    private static StateSave Save(string key, AgendaPage page, string? etag) => new(key, Documents.Bytes(page, OrderJson.Default.AgendaPage), etag is null ? SaveCondition.Absent : SaveCondition.Unchanged, etag);

    private static string PageKey(long slot, int shard) => StateKey.Of("agenda", slot.ToString(CultureInfo.InvariantCulture), shard.ToString(CultureInfo.InvariantCulture));
}
