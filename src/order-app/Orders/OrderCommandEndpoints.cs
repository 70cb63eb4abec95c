using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Description;
using OrderInventory.ServiceDefaults.Http;

namespace OrderApp.Orders;

/// <summary>Body of a command; it may be left out.</summary>
/// <param name="Reason">Becomes the order's `statusReason`; null for the command's own code.</param>
public sealed record OrderCommandRequest([property: StringLength(OrderCommandRequest.MaxReason, MinimumLength = 1), RegularExpression(OrderCommandRequest.ReasonPattern)] string? Reason = null)
{
    /// <summary>Most characters of a reason.</summary>
    internal const int MaxReason = 200;

    /// <summary>No control characters, as a regular expression of JSON Schema.</summary>
    internal const string ReasonPattern = @"^[^\x00-\x1f\x7f-\x9f]*$";
}

/// <summary>The commands of clients on an order. Each is idempotent: the same again answers with the order where it led.</summary>
internal static class OrderCommandEndpoints
{
    // Long enough for the outcome in nearly every case, short enough for a client that did not ask to wait.
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(5);

    public static void MapOrderCommandEndpoints(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/api/orders/{id}").WithTags("Orders").RequireRateLimiting(Shedding.Policy);
        Map(orders, OrderCommand.Cancel, AccessRule.Caller, OrderDocument.OtherOrder, "Cancels an order that is not paid", "Its stock is given back.");
        Map(orders, OrderCommand.Pay, AccessRule.Staff, OrderDocument.ExampleOrder, "Records that a CONFIRMED order is paid", "");
        Map(orders, OrderCommand.Ship, AccessRule.Staff, OrderDocument.ExampleOrder, "Records that a PAID order leaves the warehouse", "Its units leave the stock.");
        Map(orders, OrderCommand.Deliver, AccessRule.Staff, OrderDocument.ExampleOrder, "Records that a SHIPPED order has arrived", "");
        Map(orders, OrderCommand.Refund, AccessRule.Staff, OrderDocument.ExampleOrder, "Pays back a PAID, SHIPPED or DELIVERED order", "What has not been shipped goes back into stock.");
    }

    private static void Map(RouteGroupBuilder orders, OrderCommand command, AccessRule access, string example, string summary, string description) =>
        orders.MapPost(command.ToString().ToLowerInvariant(), (string id, Caller caller, HttpContext context, OrderCommands commands, IOptions<OrderOptions> options, Telemetry telemetry, CancellationToken cancellationToken) => GiveAsync(id, command, caller, context, commands, options.Value, telemetry, cancellationToken))
            .Allow(access)
            .WithName(command + "Order").WithSummary(summary)
            .WithDescription($"{description} The same command again answers with the order where it led. Waits up to 5 seconds for the outcome, or as `Prefer` says; 202 when it is not known by then.".TrimStart())
            .With(OrderDocument.Id(example))
            .WithIdempotencyKey($"{command.ToString().ToLowerInvariant()}-1", " It stands for one command on this order.")
            .WithWait("Answers when the outcome is known, or after this many seconds, at most 30.")
            .WithJsonBody<OrderCommandRequest>(isOptional: true).WithExample("reason", "With a reason", $$"""{ "reason": "By {{command}} of the example" }""")
            .WithHeader("200", "ETag", "Names the state of the order.").WithHeader("202", "Location", "Where the order is.")
            .Produces<ApiResponse<OrderView>>(StatusCodes.Status200OK).Produces<ApiResponse<OrderView>>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> GiveAsync(string id, OrderCommand command, Caller caller, HttpContext context, OrderCommands commands, OrderOptions options, Telemetry telemetry, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadOptionalAsync<OrderCommandRequest>(context.Request);
        if (problem is not null) return problem;
        var reason = body?.Reason;
        if (reason is not null && (reason.EnumerateRunes().Count() is 0 or > OrderCommandRequest.MaxReason || reason.Any(char.IsControl)))
            return Problems.Validation(new Dictionary<string, string[]> { ["reason"] = [Texts.Of($"reason must have 1 to {OrderCommandRequest.MaxReason} characters without control characters.", $"reason 必须为 1 到 {OrderCommandRequest.MaxReason} 个字符，且不含控制字符。")] });
        var (key, invalid) = IdempotencyKey.Of(context.Request);
        if (key is null && options.RequireIdempotencyKey) invalid ??= IdempotencyKey.Missing(context.Response);
        if (invalid is not null) return Problems.Validation(new Dictionary<string, string[]> { ["idempotencyKey"] = [invalid] });
        if (!Guid.TryParseExact(id, "D", out var orderId)) return OrderEndpoints.NotFound(id);
        var wait = Preference.Wait(context.Request);
        var outcome = await commands.GiveAsync(orderId.ToString(), command, reason ?? Reasons.Of(command), caller.OnlyUser, key, wait ?? DefaultWait, cancellationToken);
        telemetry.Commanded(command, outcome);
        if (wait is { } applied) Preference.Applied(context.Response, applied);
        if (outcome is OrderOutcome.Done { IsReplay: true } or OrderOutcome.Accepted { IsReplay: true }) IdempotencyKey.Replayed(context.Response);
        return outcome switch
        {
            OrderOutcome.Done(var order, _) => Answer(context, order),
            OrderOutcome.KeyReused => OrderEndpoints.KeyReused(),
            OrderOutcome.Accepted(var order, _) => TypedResults.Accepted($"/api/orders/{order.Id}", new ApiResponse<OrderView>(Texts.Of("Accepted; the outcome will show in the order.", "已受理，结果将体现在订单中。"), OrderView.Of(order))),
            OrderOutcome.Refused(var order) => Refusal(order, command, "ILLEGAL_TRANSITION", Texts.Of($"An order that is {order.Status.Word()} does not allow this.", $"订单处于 {order.Status.Word()} 状态，不允许此操作。")),
            OrderOutcome.TooLate(var order) => Refusal(order, command, "REFUND_WINDOW_CLOSED", Texts.Of("The order was delivered too long ago to be refunded.", "订单交付时间过长，已不能退款。")),
            OrderOutcome.RefusedByInventory(var order, var refusal) => Refusal(order, command, refusal.Code, Texts.Of($"Inventory refused line {refusal.Line}: {refusal.Code}. The order stays {order.Status.Word()}.", $"库存拒绝了第 {refusal.Line} 行：{refusal.Code}。订单保持 {order.Status.Word()} 状态。")),
            OrderOutcome.Busy(var order) => throw new DependencyUnavailableException($"No command can be accepted for order {order.Id} just now."),
            _ => OrderEndpoints.NotFound(id),
        };
    }

    private static Ok<ApiResponse<OrderView>> Answer(HttpContext context, Order order)
    {
        OrderEndpoints.SetETag(context, order);
        return TypedResults.Ok(new ApiResponse<OrderView>(Texts.Of($"The order is {order.Status.Word()}.", $"订单状态为 {order.Status.Word()}。"), OrderView.Of(order)));
    }

    private static ProblemHttpResult Refusal(Order order, OrderCommand command, string code, string message) => Problems.Of(
        StatusCodes.Status409Conflict, code, message, new Dictionary<string, object?> { ["orderId"] = order.Id, ["command"] = command, ["currentStatus"] = order.Status });
}
