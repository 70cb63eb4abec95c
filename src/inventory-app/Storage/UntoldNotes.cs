using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using InventoryApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Storage;

/// <summary>An operation that may be recorded, and then has to be told.</summary>
internal readonly record struct NotedOperation(string ProductId, string OperationId)
{
    // The names of its members and what is between them.
    private const int FixedBytes = 40;

    /// <summary>Most bytes that it takes in a note.</summary>
    [JsonIgnore]
    public int MaxBytes => FixedBytes + StockOperation.EscapedBytes(ProductId) + StockOperation.EscapedBytes(OperationId);
}

/// <summary>Operations of one round, noted before any of them was saved.</summary>
internal sealed record UntoldNote(string Id, DateTimeOffset Time, ImmutableArray<NotedOperation> Operations)
{
    /// <summary>Members that a newer version wrote, kept as they are; null when there are none.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Newer { get; set; }
}

/// <summary>The notes of one document.</summary>
internal sealed record UntoldShard(ImmutableArray<UntoldNote> Notes)
{
    /// <summary>As above.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Newer { get; set; }
}

/// <summary>Where a note is.</summary>
/// <param name="Shard">Number of its document.</param>
/// <param name="Id">Its id.</param>
internal readonly record struct NotePlace(int Shard, string Id);

/// <summary>
/// The notes of all replicas, in few documents under their ETags (<c>untold:{number}</c>), so that any replica finds those of one that is
/// gone. They are bounded: when all are full, nothing more can be noted. An empty one is kept: one that is made anew could get the ETag of an
/// earlier one, which somebody still has in hand.
/// </summary>
internal sealed class UntoldNotes(IStateStore state, Random random, Backoff backoff, TimeProvider time, ILogger<UntoldNotes> logger)
{
    /// <summary>Number of documents. Fewer would lose what the others hold.</summary>
    public const int Shards = 16;

    /// <summary>Most bytes of a document. A round may note half of it.</summary>
    public const int MaxBytes = 240 * 1024;

    private int _next = random.Next(Shards);

    /// <summary>Stores a note; what it returns says where it is.</summary>
    /// <exception cref="DependencyUnavailableException">It may not be stored; if it is, that does no harm.</exception>
    public async Task<NotePlace> AddAsync(IReadOnlyCollection<NotedOperation> operations)
    {
        var now = time.GetUtcNow();
        var note = new UntoldNote(Guid.CreateVersion7(now).ToString(), now, [.. operations]);
        // Rounds that run side by side, here and in other replicas, seldom meet.
        var shard = NextShard();
        for (var attempt = 1; ; attempt++)
        {
            var entry = await state.GetAsync(Key(shard), CancellationToken.None);
            // One that is full or damaged is passed over. A note that an unconfirmed save left there is told once more.
            if (!TryParse(shard, entry, out var stored)) shard = NextShard();
            else if (stored.Notes.Any(other => other.Id == note.Id)) return new NotePlace(shard, note.Id);
            else if (Documents.Bytes(stored with { Notes = stored.Notes.Add(note) }, StockJson.Default.UntoldShard) is { Length: <= MaxBytes } bytes)
            {
                if (await state.SaveAsync(Save(shard, bytes, entry.ETag), CancellationToken.None)) return new NotePlace(shard, note.Id);
            }
            else shard = NextShard();

            await backoff.AfterAsync(attempt, "It could not be noted what is to be told of.", CancellationToken.None);
        }
    }

    /// <summary>The notes that can be read, with their documents.</summary>
    /// <exception cref="DependencyUnavailableException">The store cannot be read.</exception>
    public async Task<IReadOnlyList<(NotePlace Place, UntoldNote Note)>> ReadAsync(CancellationToken cancellationToken)
    {
        var entries = await state.GetManyAsync([.. Enumerable.Range(0, Shards).Select(Key)], MaxBytes, cancellationToken);
        return [.. Enumerable.Range(0, Shards).SelectMany(shard => TryParse(shard, entries[Key(shard)], out var stored) ? stored.Notes.Select(note => (new NotePlace(shard, note.Id), note)) : [])];
    }

    /// <summary>Takes operations off a note, which disappears with its last one.</summary>
    /// <exception cref="DependencyUnavailableException">It may still have them; that does no harm.</exception>
    public async Task TakeOffAsync(NotePlace place, IReadOnlySet<NotedOperation> operations, CancellationToken cancellationToken)
    {
        for (var attempt = 1; operations.Count > 0; attempt++)
        {
            var entry = await state.GetAsync(Key(place.Shard), cancellationToken);
            if (!TryParse(place.Shard, entry, out var stored) || stored.Notes.FirstOrDefault(note => note.Id == place.Id) is not { } note) return;
            var left = note with { Operations = [.. note.Operations.Where(operation => !operations.Contains(operation))] };
            var notes = left.Operations.IsEmpty ? stored.Notes.Remove(note) : stored.Notes.Replace(note, left);
            if (left.Operations.Length == note.Operations.Length || await state.SaveAsync(Save(place.Shard, Documents.Bytes(stored with { Notes = notes }, StockJson.Default.UntoldShard), entry.ETag), cancellationToken)) return;
            await backoff.AfterAsync(attempt, "What has been told could not be taken off its note.", cancellationToken);
        }
    }

    private int NextShard() => (int)((uint)Interlocked.Increment(ref _next) % Shards);

    private bool TryParse(int shard, StateEntry entry, out UntoldShard stored)
    {
        stored = new UntoldShard([]);
        if (!Documents.TryParse(entry, StockJson.Default.UntoldShard, out var found) || found is { Notes.IsDefault: true } || found?.Notes.Any(note => note is null or { Operations.IsDefault: true }) == true)
        {
            if (entry.IsUnreadable) throw new DependencyUnavailableException("The notes of what is to be told could not be read.");
            Log.NotesDamaged(logger, Key(shard));
            return false;
        }

        stored = found ?? stored;
        return true;
    }

    private static StateSave Save(int shard, byte[] bytes, string? etag) => new(Key(shard), bytes, etag is null ? SaveCondition.Absent : SaveCondition.Unchanged, etag);

    private static string Key(int shard) => StateKey.Of("untold", shard.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
