using Dapr;
using Dapr.AspNetCore;
using Microsoft.AspNetCore.Http.HttpResults;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Messaging;

namespace OrderApp.Results;

/// <summary>Consumes <c>inventory-deduction-result</c> in bulk.</summary>
internal static class ResultSubscription
{
    private const int MaxId = 128;

    public static void MapResultSubscription(this IEndpointRouteBuilder routes) =>
        routes.MapPost(SidecarOnly.PathPrefix + "/events/" + Topics.InventoryDeductionResult, HandleAsync)
            .WithTopic(new TopicOptions { PubsubName = Topics.PubSub, Name = Topics.InventoryDeductionResult, DeadLetterTopic = Topics.DeadLetter(Topics.InventoryDeductionResult) })
            .WithMetadata(new BulkSubscribeAttribute(Topics.InventoryDeductionResult, BulkDelivery.MaxMessages, BulkDelivery.MaxAwaitMilliseconds))
            .Allow(AccessRule.Sidecar).ExcludeFromDescription();

    private static Task<JsonHttpResult<BulkStatuses>> HandleAsync(HttpRequest request, BulkDelivery delivery, ResultHandler handler) =>
        delivery.HandleAsync(request, Topics.InventoryDeductionResult, ContractsJson.Default.InventoryDeductionResult, Refusal, result => (result.OrderId, ResultHandler.MessageId(result)), handler.HandleAsync);

    private static string? Refusal(InventoryDeductionResult result) =>
        Guid.TryParseExact(result.OrderId, "D", out _) && Enum.IsDefined(result.Operation) && result.Line > 0 && result.Code is { Length: > 0 and <= MaxId } && result.CorrelationId is null or { Length: > 0 and <= MaxId }
            ? null
            : "orderId, operation, line, code or correlationId is not valid";
}
