using InventoryApp.Changes;
using InventoryApp.Domain;
using InventoryApp.Storage;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Rounds;

namespace InventoryApp.Stock;

/// <summary>
/// Tells others what one round recorded, when they are to be told. What messages asked for is told again when the message comes again.
/// A request may never come again, so a note of its operation is stored before the operation can be, and taken off when it is told.
/// </summary>
internal sealed class Telling(StockChanges changes, IReadOnlyList<RoundItem<StockCommand, StockResult>> commands) : IDisposable
{
    private readonly TaskCompletionSource<IReadOnlySet<string>>? _told = changes.IsOn ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
    private NotePlace? _note;

    /// <summary>Ends when the round has told what it recorded, or failed; see <see cref="StockResult.Told"/>.</summary>
    public Task<IReadOnlySet<string>>? Told => _told?.Task;

    private IEnumerable<RoundItem<StockCommand, StockResult>> Requested => commands.Where(command => !command.Item.IsRepeated);

    /// <summary>Stores the note. Where it cannot be stored, what requests ask for fails before anything is saved.</summary>
    public async Task NoteAsync()
    {
        if (_told is null) return;
        try
        {
            _note = await changes.NoteAsync([.. Requested.Select(command => Noted(command.Item)).Distinct()]);
        }
        catch (Exception error)
        {
            foreach (var command in Requested) command.Fail(error);
        }
    }

    /// <summary>Tells what is recorded, also what had been recorded before.</summary>
    public async Task TellAsync()
    {
        if (_told is null) return;
        var recorded = commands.Select(command => (command.Item, Operation: Operation(command))).Where(command => command.Operation is not null).OrderBy(command => command.Operation!.Sequence);
        _told.SetResult(await changes.TellAsync([.. recorded.Select(command => StockChanges.Event(command.Item.ProductId, command.Operation!) with { TraceParent = command.Item.TraceParent })], CancellationToken.None));
    }

    /// <summary>Takes off the note what is told, and what is not recorded and cannot be any more.</summary>
    public async Task SettleAsync(IReadOnlyList<ProductRound> products)
    {
        if (_note is not { } note) return;
        var told = await Told!;
        var unknown = products.Where(product => product is { Failure: not null, HasTried: true }).Select(product => product.ProductId).ToHashSet();
        // Two requests of one round may have one key.
        var open = Requested.Where(command => Operation(command) is { } operation ? !told.Contains(EventIds.StockChange(command.Key, operation.Sequence)) : unknown.Contains(command.Key)).Select(command => Noted(command.Item));
        await changes.TakeOffAsync(note, Requested.Select(command => Noted(command.Item)).Except(open).ToHashSet(), CancellationToken.None);
    }

    // Of a round that failed nothing is told; whoever waits for it asks again.
    public void Dispose() => _told?.TrySetResult(StockChanges.None);

    private static NotedOperation Noted(StockCommand command) => new(command.ProductId, command.OperationId);

    private static StockOperation? Operation(RoundItem<StockCommand, StockResult> command) =>
        command.Outcome.IsCompletedSuccessfully && command.Outcome.Result.Decision is StockDecision.Recorded recorded ? recorded.Operation : null;
}
