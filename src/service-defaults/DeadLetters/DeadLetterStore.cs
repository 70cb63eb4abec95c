using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;

namespace OrderInventory.ServiceDefaults.DeadLetters;

/// <summary>The letters of this app, listed in the order in which they came, all and by key.</summary>
internal sealed class DeadLetterStore(IStateStore state, Backoff backoff, TimeProvider time) : IAsyncDisposable
{
    private const string All = "all";

    // A message of Kafka, in base 64, and what is noted beside it.
    private const int MaxBytes = 1536 * 1024;

    private readonly PagedList _all = new("deadletters", state, backoff, time);
    private readonly PagedList _byKey = new("deadletters-of", state, backoff, time);

    /// <summary>The letter and its ETag; both null when there is none.</summary>
    /// <exception cref="DependencyUnavailableException">It cannot be read.</exception>
    public async Task<(DeadLetter? Letter, string? ETag)> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var entry = await state.GetAsync(Key(id), cancellationToken);
        return (Documents.Parse(entry, DeadLetterJson.Default.DeadLetter), entry.ETag);
    }

    /// <summary>Stores a letter unless it is there. True: it is new.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; adding it again is safe.</exception>
    public async Task<bool> AddAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        // Listed first: a place without a letter is passed over, a letter without a place would never be found.
        await Task.WhenAll(_all.AddAsync(All, letter.Id), letter.Key is null ? Task.CompletedTask : _byKey.AddAsync(ListOf(letter), letter.Id));
        if (await SaveAsync(letter, null, cancellationToken)) return true;
        return (await ReadAsync(letter.Id, cancellationToken)).Letter is null ? throw new DependencyUnavailableException("A dead letter could not be stored.") : false;
    }

    /// <summary>Changes a letter; null from <paramref name="change"/> leaves it as it is. Returns what is stored.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; changing it again is safe.</exception>
    public async Task<DeadLetter?> ChangeAsync(string id, Func<DeadLetter, DeadLetter?> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (stored, etag) = await ReadAsync(id, cancellationToken);
            if (stored is null || change(stored) is not { } changed) return stored;
            if (await SaveAsync(changed, etag, cancellationToken)) return changed;
            await backoff.AfterAsync(attempt, "A dead letter could not be stored.", cancellationToken);
        }
    }

    /// <summary>Up to <paramref name="count"/> letters before a position (null: the newest), newest first, and where to go on; null at the end.</summary>
    /// <exception cref="DependencyUnavailableException">They cannot be read.</exception>
    public async Task<(IReadOnlyList<DeadLetter> Letters, int? Next)> ListAsync(int? before, int count, CancellationToken cancellationToken)
    {
        var places = await _all.ListAsync(All, before, count, cancellationToken);
        return (await ReadManyAsync(places, cancellationToken), places.Count > 0 && places[^1].Position > 0 ? places[^1].Position : null);
    }

    /// <summary>
    /// The first letter of the same key that came earlier, can be replayed, and that nobody has dealt with; null when there is none.
    /// One that cannot be replayed has no place in the order of its key that anybody could wait for.
    /// </summary>
    /// <exception cref="DependencyUnavailableException">They cannot be read.</exception>
    public async Task<DeadLetter?> FirstOpenBeforeAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        if (letter.Key is null) return null;
        DeadLetter? first = null;
        var isEarlier = false;
        for (int? before = null; before != 0;)
        {
            var places = await _byKey.ListAsync(ListOf(letter), before, PagedList.PageSize, cancellationToken);
            if (places.Count == 0) break;
            before = places[^1].Position;
            foreach (var found in await ReadManyAsync(places, cancellationToken))
            {
                // A letter may be listed twice; what counts is where it came first, and the list is read from its end.
                if (found.Id == letter.Id) (isEarlier, first) = (true, null);
                else if (isEarlier && found is { Status: DeadLetterStatus.Open, CanReplay: true }) first = found;
            }
        }

        return first;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _all.DisposeAsync();
        await _byKey.DisposeAsync();
    }

    private async Task<IReadOnlyList<DeadLetter>> ReadManyAsync(IReadOnlyList<ListedItem> places, CancellationToken cancellationToken)
    {
        var entries = await state.GetManyAsync([.. places.Select(place => Key(place.Item)).Distinct()], MaxBytes, cancellationToken);
        return [.. places.Select(place => Read(entries[Key(place.Item)])).OfType<DeadLetter>()];

        // A damaged letter must not hide the others; a store that cannot be read is none without letters.
        static DeadLetter? Read(StateEntry entry) => entry.Value is not null && Documents.TryParse(entry, DeadLetterJson.Default.DeadLetter, out var letter) ? letter : null;
    }

    private Task<bool> SaveAsync(DeadLetter letter, string? etag, CancellationToken cancellationToken) => state.SaveAsync(
        new StateSave(Key(letter.Id), Documents.Bytes(letter, DeadLetterJson.Default.DeadLetter), etag is null ? SaveCondition.Absent : SaveCondition.Unchanged, etag),
        cancellationToken);

    // A hash, because anybody's key may be longer than a part of a state key.
    private static string ListOf(DeadLetter letter) =>
        letter.Topic + ":" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(letter.Key!)).AsSpan(0, 16));

    private static string Key(string id) => StateKey.Of("deadletter", id);
}
