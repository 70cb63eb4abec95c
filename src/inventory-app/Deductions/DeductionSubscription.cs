using Dapr;
using Dapr.AspNetCore;
using InventoryApp.Domain;
using InventoryApp.Stock;
using Microsoft.AspNetCore.Http.HttpResults;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Messaging;

namespace InventoryApp.Deductions;

/// <summary>
/// Consumes <c>inventory-deduction</c> in bulk. A message is acknowledged only after its operation is recorded and its
/// result published, so both repeat until they happened (design rule 3).
/// </summary>
internal static class DeductionSubscription
{
    public static void MapDeductionSubscription(this IEndpointRouteBuilder routes) =>
        routes.MapPost(SidecarOnly.PathPrefix + "/events/" + Topics.InventoryDeduction, HandleAsync)
            .WithTopic(new TopicOptions { PubsubName = Topics.PubSub, Name = Topics.InventoryDeduction, DeadLetterTopic = Topics.DeadLetter(Topics.InventoryDeduction) })
            .WithMetadata(new BulkSubscribeAttribute(Topics.InventoryDeduction, BulkDelivery.MaxMessages, BulkDelivery.MaxAwaitMilliseconds))
            .ExcludeFromDescription();

    private static Task<JsonHttpResult<BulkStatuses>> HandleAsync(HttpRequest request, BulkDelivery delivery, StockWriters writers, IEventPublisher publisher, Telemetry telemetry) =>
        delivery.HandleAsync(
            request,
            Topics.InventoryDeduction,
            ContractsJson.Default.InventoryDeductionMessage,
            DeductionMessages.Refusal,
            (messages, cancellationToken) => ApplyAsync(messages, writers, publisher, telemetry, cancellationToken));

    private static async Task<IReadOnlySet<string>> ApplyAsync(
        IReadOnlyList<Delivered<InventoryDeductionMessage>> messages, StockWriters writers, IEventPublisher publisher, Telemetry telemetry, CancellationToken cancellationToken)
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
                results.Add(OutgoingEvent.Of(EventIds.Result(recorded.Operation.OperationId), result.OrderId, result, ContractsJson.Default.InventoryDeductionResult));
                done.Add(message.EntryId);
            }
            catch (DependencyUnavailableException)
            {
                // The writer has logged it; this entry is asked for again, the others of the batch go on.
            }
        }

        await publisher.PublishAsync(Topics.InventoryDeductionResult, results, cancellationToken);
        return done;
    }
}
