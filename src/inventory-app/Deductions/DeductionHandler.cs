using InventoryApp.Domain;
using InventoryApp.Stock;
using InventoryApp.Storage;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Messaging;

namespace InventoryApp.Deductions;

/// <summary>Applies a batch of commands and publishes what is recorded; commands on a damaged product are dead-lettered.</summary>
internal sealed class DeductionHandler(StockWriters writers, IEventPublisher publisher, BulkDelivery delivery, Telemetry telemetry, ILogger<DeductionHandler> logger)
{
    /// <summary>Returns the entries that are done; the others have to be delivered again.</summary>
    public async Task<IReadOnlySet<string>> ApplyAsync(IReadOnlyList<Delivered<InventoryDeductionMessage>> messages, CancellationToken cancellationToken)
    {
        // All at once: each product's writer takes its share in order, and products do not wait for each other.
        var running = messages.Select(message => (message, Task: writers.ExecuteAsync(DeductionMessages.Command(message.Data)))).ToArray();
        var done = new HashSet<string>();
        var results = new List<OutgoingEvent>();
        foreach (var (message, task) in running)
        {
            try
            {
                var recorded = (StockDecision.Recorded)(await task).Decision;
                telemetry.Decided(recorded);
                var result = DeductionMessages.Result(message.Data, recorded.Operation);
                results.Add(OutgoingEvent.Of(EventIds.Result(recorded.Operation.OperationId), result.OrderId, result, ContractsJson.Default.InventoryDeductionResult) with { TraceParent = message.Span?.Id });
                done.Add(message.EntryId);
            }
            catch (DependencyUnavailableException)
            {
                // The writer has logged it; this entry is asked for again, the others of the batch go on.
            }
            catch (StockDamagedException error)
            {
                // Until somebody repairs the product, asking again would hold up every other product behind this message.
                telemetry.Damaged();
                Log.Damaged(logger, error.ProductId, error);
                if (await delivery.DeadLetterAsync(Topics.InventoryDeduction, message, message.Data.ProductId, error.Message, cancellationToken)) done.Add(message.EntryId);
            }
        }

        await publisher.PublishAsync(Topics.InventoryDeductionResult, results, cancellationToken);
        return done;
    }
}
