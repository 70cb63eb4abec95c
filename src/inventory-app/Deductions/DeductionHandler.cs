using InventoryApp.Domain;
using InventoryApp.Stock;
using InventoryApp.Storage;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Messaging;

namespace InventoryApp.Deductions;

/// <summary>Applies a delivery of commands and publishes what is recorded; commands on a damaged product are dead-lettered.</summary>
internal sealed class DeductionHandler(StockRounds rounds, IEventPublisher publisher, BulkDelivery delivery, Telemetry telemetry, ILogger<DeductionHandler> logger)
{
    /// <summary>Returns the entries that are done; the others have to be delivered again.</summary>
    public async Task<IReadOnlySet<string>> ApplyAsync(IReadOnlyList<Delivered<InventoryDeductionMessage>> messages, CancellationToken cancellationToken)
    {
        var outcomes = rounds.Execute([.. messages.Select(message => DeductionMessages.Command(message.Data))]);
        var done = new HashSet<string>();
        var results = new List<(string EntryId, OutgoingEvent Result)>();
        foreach (var (message, outcome) in messages.Zip(outcomes))
        {
            try
            {
                var recorded = (StockDecision.Recorded)(await outcome).Decision;
                telemetry.Decided(recorded);
                results.Add((message.EntryId, DeductionMessages.Result(message.Data, recorded.Operation) with { TraceParent = message.Span?.Id }));
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
        done.UnionWith(results.Where(result => !missing.Contains(result.Result.Id)).Select(result => result.EntryId));
        return done;
    }
}
