using System.Collections.Concurrent;
using System.Diagnostics;
using Dapr;
using Dapr.AspNetCore;
using Microsoft.AspNetCore.Http.HttpResults;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderApp.Workflows;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Messaging;

namespace OrderApp.Results;

/// <summary>
/// Consumes <c>inventory-deduction-result</c> in bulk: one bulk read of the orders, results that no order waits for (late
/// or repeated) are acknowledged without an event, the others are raised to their workflows side by side, one event for
/// each order (design rule 8).
/// </summary>
internal static class ResultSubscription
{
    private const int MaxParallelRaises = 16;

    public static void MapResultSubscription(this IEndpointRouteBuilder routes) =>
        routes.MapPost(SidecarOnly.PathPrefix + "/events/" + Topics.InventoryDeductionResult, HandleAsync)
            .WithTopic(new TopicOptions { PubsubName = Topics.PubSub, Name = Topics.InventoryDeductionResult, DeadLetterTopic = Topics.DeadLetter(Topics.InventoryDeductionResult) })
            .WithMetadata(new BulkSubscribeAttribute(Topics.InventoryDeductionResult, BulkDelivery.MaxMessages, BulkDelivery.MaxAwaitMilliseconds))
            .Allow(AccessRule.Sidecar).ExcludeFromDescription();

    private static Task<JsonHttpResult<BulkStatuses>> HandleAsync(HttpRequest request, BulkDelivery delivery, OrderStore orders, OrderWorkflows workflows, ILoggerFactory loggers) =>
        delivery.HandleAsync(
            request,
            Topics.InventoryDeductionResult,
            ContractsJson.Default.InventoryDeductionResult,
            Refusal,
            (messages, cancellationToken) => RaiseAsync(messages, orders, workflows, loggers.CreateLogger(typeof(ResultSubscription)), cancellationToken));

    private static string? Refusal(InventoryDeductionResult result) =>
        Guid.TryParseExact(result.OrderId, "D", out _) && Enum.IsDefined(result.Operation) && result.Line > 0 && result.Code is { Length: > 0 }
            ? null
            : "orderId, operation, line or code is not valid";

    private static async Task<IReadOnlySet<string>> RaiseAsync(
        IReadOnlyList<Delivered<InventoryDeductionResult>> messages, OrderStore orders, OrderWorkflows workflows, ILogger logger, CancellationToken cancellationToken)
    {
        var groups = messages.GroupBy(message => message.Data.OrderId).ToArray();
        var found = await orders.FindManyAsync([.. groups.Select(group => group.Key)], cancellationToken);
        var done = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(groups, new ParallelOptions { MaxDegreeOfParallelism = MaxParallelRaises, CancellationToken = cancellationToken }, async (group, stopping) =>
        {
            // One event for all results of an order; the span of the first is as good as any.
            Activity.Current = group.First().Span ?? Activity.Current;
            try
            {
                if (!found.TryGetValue(group.Key, out var order)) Log.ResultForUnknownOrder(logger, group.Key);
                else if (Awaited(order, group) is { Length: > 0 } results) await workflows.RaiseAsync(order, new OrderSignal(results), stopping);
                foreach (var message in group) done.Add(message.EntryId);
            }
            catch (DependencyUnavailableException error)
            {
                Log.ResultNotRaised(logger, group.Key, error);
            }
        });
        return done.ToHashSet();
    }

    private static LineResult[] Awaited(Order order, IEnumerable<Delivered<InventoryDeductionResult>> messages) =>
        [.. messages.Select(message => message.Data).Where(result => order.Awaits(result.Operation)).Select(result => new LineResult(result.Operation, result.Line, result.Success, result.Code))];
}
