using Dapr;
using Dapr.AspNetCore;
using Microsoft.AspNetCore.Http.HttpResults;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Access;
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
            .Allow(AccessRule.Sidecar).ExcludeFromDescription();

    private static Task<JsonHttpResult<BulkStatuses>> HandleAsync(HttpRequest request, BulkDelivery delivery, DeductionHandler handler) =>
        delivery.HandleAsync(
            request,
            Topics.InventoryDeduction,
            ContractsJson.Default.InventoryDeductionMessage,
            DeductionMessages.Refusal,
            message => (message.OrderId, message.IdempotencyKey),
            handler.ApplyAsync);
}
