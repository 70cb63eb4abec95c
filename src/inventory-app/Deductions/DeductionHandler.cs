using InventoryApp.Domain;
using InventoryApp.Stock;
using InventoryApp.Storage;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.ServiceDefaults.Repeats;

namespace InventoryApp.Deductions;

/// <summary>
/// Applies a delivery of commands and publishes what is recorded; commands on a damaged product are dead-lettered. An entry is done when its
/// result is published and, where the rounds tell of changes, its change too; delivered again, it repeats both.
/// </summary>
internal sealed class DeductionHandler(StockRounds rounds, IEventPublisher publisher, BulkDelivery delivery, RepeatMemory repeats, Telemetry telemetry, ILogger<DeductionHandler> logger)
{
    /// <summary>Returns the entries that are done; the others have to be delivered again.</summary>
    public async Task<IReadOnlySet<string>> ApplyAsync(IReadOnlyList<Delivered<InventoryDeductionMessage>> messages, CancellationToken cancellationToken)
    {
        var outcomes = rounds.Execute([.. messages.Select(message => DeductionMessages.Command(message.Data) with { TraceParent = message.Span?.Id })]);
        var done = new HashSet<string>();
        var results = new List<(string EntryId, OutgoingEvent Result, Task<bool> IsTold)>();
        foreach (var (message, outcome) in messages.Zip(outcomes))
        {
            try
            {
                var result = await outcome;
                var recorded = (StockDecision.Recorded)result.Decision;
                telemetry.Decided(recorded);
                if (!recorded.IsNew) repeats.Note(message.Data.OrderId, Topics.InventoryDeduction, message.Data.IdempotencyKey, RepeatKind.Again);
                results.Add((message.EntryId, DeductionMessages.Result(message.Data, recorded.Operation) with { TraceParent = message.Span?.Id }, IsToldAsync(message.Data.ProductId, recorded.Operation, result.Told)));
            }
            catch (StockDamagedException error)
            {
                // Until somebody repairs the product, asking again would hold up every other product behind this message.
                telemetry.Damaged();
                Log.Damaged(logger, error.ProductId, error);
                if (await delivery.DeadLetterAsync(Topics.InventoryDeduction, message, message.Data.ProductId, error.Message, cancellationToken)) done.Add(message.EntryId);
            }
            catch (DependencyUnavailableException)
            {
                // The round has logged it; this entry is asked for again, the others of the delivery go on.
            }
            catch (Exception error)
            {
                Log.NotAnswered(logger, message.Data.ProductId, error);
            }
        }

        var missing = await publisher.PublishAsync(Topics.InventoryDeductionResult, [.. results.Select(result => result.Result)], cancellationToken);
        foreach (var (entryId, result, isTold) in results)
            if (await isTold && !missing.Contains(result.Id)) done.Add(entryId);
        return done;
    }

    private static async Task<bool> IsToldAsync(string productId, StockOperation operation, Task<IReadOnlySet<string>>? told) =>
        told is null || (await told).Contains(EventIds.StockChange(productId, operation.Sequence));
}
