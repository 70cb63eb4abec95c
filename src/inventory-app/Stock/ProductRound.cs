using InventoryApp.Domain;
using InventoryApp.Storage;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Stock;

/// <summary>
/// What one round knows about one of its products, and does for it. Its commands are decided together, or fail together. <paramref name="told"/>:
/// see <see cref="StockResult.Told"/>.
/// </summary>
internal sealed class ProductRound(string productId, IReadOnlyList<RoundItem<StockCommand, StockResult>> commands, Task<IReadOnlySet<string>>? told = null)
{
    private readonly Dictionary<string, StockOperation> _recorded = [];
    private readonly HashSet<StockOperation> _tried = [];
    private IReadOnlyList<StockDecision> _decisions = [];
    private string? _triedOn;
    private IndexPosition? _place;
    private bool _isRead;
    private bool _lacksDocument;

    public string ProductId => productId;

    /// <summary>Number of its commands.</summary>
    public int Count => commands.Count;

    /// <summary>The document as read last; null when there is none.</summary>
    public StockItem? Stored { get; private set; }

    /// <summary>ETag of <see cref="Stored"/>.</summary>
    public string? ETag { get; private set; }

    /// <summary>What the document shall be; null when it stays as it is.</summary>
    public StockItem? Changed { get; private set; }

    /// <summary>The document as the commands left it; null until they are decided.</summary>
    public StockItem? Result { get; private set; }

    /// <summary>Why the commands failed; null when they did not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>True while its commands are neither decided nor failed.</summary>
    public bool IsOpen => Result is null && Failure is null;

    /// <summary>True when document and archive are read and the commands can be decided.</summary>
    public bool IsReady => IsOpen && _isRead;

    /// <summary>True when the round may have saved something, whether that was confirmed or not.</summary>
    public bool HasTried => _tried.Count > 0;

    /// <summary>True when a save of this round was not confirmed.</summary>
    public bool IsRetry => HasTried;

    /// <summary>True when another writer came between the last read and the save after it.</summary>
    public bool HasLost => ETag != _triedOn && !_recorded.Values.Any(_tried.Contains);

    /// <summary>True for a product that has to be entered in the index before its document is saved.</summary>
    public bool NeedsPlace => IsOpen && Changed is { IsSound: true, Defined: true, Listed: null };

    // The archive may be ahead of the document that was read; then the balances make no sense, and the save would be refused.
    public bool NeedsSave => IsOpen && Changed is { IsSound: true } && !NeedsPlace;

    /// <summary>Takes a step of the round, unless it has come to its end; whatever goes wrong fails this product alone.</summary>
    public void Try(Action step)
    {
        if (!IsOpen) return;
        try
        {
            step();
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    /// <summary>Notes what is stored.</summary>
    /// <exception cref="DependencyUnavailableException">It could not be read.</exception>
    /// <exception cref="StockDamagedException">It cannot be true.</exception>
    public void ReadDocument(StateEntry entry)
    {
        (Stored, ETag, Changed, _isRead) = (StockStore.Parse(productId, entry), entry.ETag, null, false);
        if (Stored is null && _lacksDocument) throw new StockDamagedException(productId, "its operations are archived, but its document is missing");
        _recorded.Clear();
        foreach (var operation in Stored?.Journal ?? []) _recorded[operation.OperationId] = operation;
    }

    /// <summary>Ids of the operations that the commands depend on and that the journal does not have.</summary>
    public IReadOnlyCollection<string> Unknown() => commands.SelectMany(command => command.Item.RelevantOperations()).Where(id => !_recorded.ContainsKey(id)).ToHashSet();

    /// <summary>Notes what is archived; it must have been read after the document.</summary>
    /// <exception cref="DependencyUnavailableException">It could not be read.</exception>
    /// <exception cref="StockDamagedException">It cannot be true.</exception>
    public void ReadArchive(ArchiveExtract archive)
    {
        // A document is never deleted, so an archive without one means that it was lost, or created just now: the next read tells.
        _lacksDocument = Stored is null && archive.HasAny(productId, Unknown());
        foreach (var operation in archive.Of(productId, Unknown())) _recorded[operation.OperationId] = operation;
        _isRead = !_lacksDocument;
    }

    /// <summary>Decides the commands in their order. What has been recorded up to number <paramref name="archived"/> is archived for certain.</summary>
    public void Decide(OperationArchive archive, long archived, DateTimeOffset now)
    {
        var item = Stored ?? StockItem.Unknown(productId, now);
        item = item with { Version = item.Version + 1, Journal = archive.Trim(item.Journal, archived) };
        var decisions = new List<StockDecision>(commands.Count);
        foreach (var command in commands)
        {
            (item, var decision) = StockRules.Decide(item, command.Item, _recorded.GetValueOrDefault, now);
            if (decision is StockDecision.Recorded recorded) _recorded[command.Item.OperationId] = recorded.Operation;
            decisions.Add(decision);
        }

        _decisions = [.. decisions.Select(Own)];
        var added = decisions.OfType<StockDecision.Recorded>().Where(recorded => recorded.IsNew).Select(recorded => recorded.Operation).ToArray();
        if (added.Length == 0)
        {
            End(Stored ?? item);
            return;
        }

        _tried.UnionWith(added);
        _triedOn = ETag;
        Changed = item.Defined ? item with { Listed = item.Listed ?? _place } : item;
    }

    /// <summary>Notes the place in the index.</summary>
    public void SetPlace(IndexPosition place)
    {
        _place = place;
        Changed = Changed! with { Listed = place };
    }

    /// <summary>What shall be is stored: gives its outcome to each command.</summary>
    public void Saved() => End(Changed!);

    /// <summary>Fails the commands; they may have been applied.</summary>
    public void Fail(Exception error)
    {
        if (!IsOpen) return;
        Failure = error;
        foreach (var command in commands) command.Fail(error);
    }

    /// <summary>Fails the commands after the last try.</summary>
    public void GiveUp() => Fail(Changed is { IsSound: false }
        ? new StockDamagedException(productId, "its archive contradicts its document")
        : new DependencyUnavailableException("A stock document could not be saved."));

    private void End(StockItem item)
    {
        Result = item;
        foreach (var (command, decision) in commands.Zip(_decisions)) command.Done(new StockResult(decision, item) { Told = told });
    }

    // What an unanswered save of this round recorded is new to the caller.
    private StockDecision Own(StockDecision decision) =>
        decision is StockDecision.Recorded recorded && _tried.Contains(recorded.Operation) ? recorded with { IsNew = true } : decision;
}
