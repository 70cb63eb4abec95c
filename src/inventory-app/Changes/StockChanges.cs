using System.Collections.Frozen;
using InventoryApp.Domain;
using InventoryApp.Storage;
using Microsoft.Extensions.Options;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Messaging;

namespace InventoryApp.Changes;

/// <summary>
/// Publishes recorded operations to <c>stock-changes</c> where the setting says so, each at least once and always with the same id.
/// Without the setting it does nothing and costs nothing.
/// </summary>
internal sealed class StockChanges(UntoldNotes notes, IEventPublisher publisher, IOptions<InventoryOptions> options, TimeProvider time, ILogger<StockChanges> logger)
{
    /// <summary>Nobody is told of anything.</summary>
    public static IReadOnlySet<string> None { get; } = FrozenSet<string>.Empty;

    // A round holds its products meanwhile. What the broker takes longer for counts as not told, and is told again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>True when somebody is to be told.</summary>
    public bool IsOn { get; } = options.Value.PublishStockChanges;

    /// <summary>Most bytes that a command adds to the note of its round.</summary>
    public int NoteBytes(StockCommand command) => IsOn && !command.IsRepeated ? new NotedOperation(command.ProductId, command.OperationId).MaxBytes : 0;

    /// <summary>Notes operations before they are saved; null when there are none.</summary>
    /// <exception cref="DependencyUnavailableException">They may not be noted, so they must not be saved.</exception>
    public async Task<NotePlace?> NoteAsync(IReadOnlyCollection<NotedOperation> operations) => operations.Count == 0 ? null : await notes.AddAsync(operations);

    /// <summary>Publishes changes, those of one product in the order given. Returns the ids of those that the broker has for certain.</summary>
    public async Task<IReadOnlySet<string>> TellAsync(IReadOnlyList<OutgoingEvent> changes, CancellationToken cancellationToken)
    {
        if (changes.Count == 0) return None;
        using var waiting = new CancellationTokenSource(Patience, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(waiting.Token, cancellationToken);
        try
        {
            var missing = await publisher.PublishAsync(Topics.StockChanges, [.. changes.DistinctBy(change => change.Id)], ends.Token);
            return changes.Select(change => change.Id).Where(id => !missing.Contains(id)).ToHashSet();
        }
        catch (Exception error)
        {
            Log.NotTold(logger, changes.Count, error);
            return None;
        }
    }

    /// <summary>Takes off a note what needs not be told any more.</summary>
    /// <exception cref="DependencyUnavailableException">It may still be noted, and is told once more then.</exception>
    public Task TakeOffAsync(NotePlace note, IReadOnlySet<NotedOperation> operations, CancellationToken cancellationToken) => notes.TakeOffAsync(note, operations, cancellationToken);

    /// <summary>The event that tells of a recorded operation.</summary>
    public static OutgoingEvent Event(string productId, StockOperation operation) => OutgoingEvent.Of(
        EventIds.StockChange(productId, operation.Sequence),
        productId,
        new StockChange
        {
            ProductId = productId,
            Sequence = operation.Sequence,
            OperationId = operation.OperationId,
            Operation = operation.Kind.Word(),
            OrderId = operation.OrderId,
            Line = operation.Line,
            Quantity = operation.Quantity,
            Success = operation.Success,
            Code = operation.Outcome,
            Available = operation.AvailableAfter,
            Reserved = operation.ReservedAfter,
            Total = operation.AvailableAfter + operation.ReservedAfter,
            Timestamp = operation.Time,
        },
        ContractsJson.Default.StockChange);
}
