using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Description;
using OrderInventory.ServiceDefaults.Http;

namespace OrderApp.Orders;

/// <summary>The commands of clients on an order. Each is idempotent: the same again answers with the order where it led.</summary>
internal static class OrderCommandEndpoints
{
    // Long enough for the outcome in nearly every case, short enough for a client that did not ask to wait.
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(5);

    public static void MapOrderCommandEndpoints(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/api/orders/{id}").WithTags("Orders").RequireRateLimiting(Shedding.Policy);
        Map<OrderCommandRequest>(orders, OrderCommand.Cancel, AccessRule.Caller, OrderDocument.OtherOrder, "Cancels an order that is not paid", "Its stock is given back.", """{ "reason": "Ordered by mistake" }""");
        Map<PayOrderRequest>(orders, OrderCommand.Pay, AccessRule.Pay, OrderDocument.ExampleOrder, "Records that a CONFIRMED order is paid", "A payment with a `paymentId` that comes after the order was cancelled is recorded as late and published, so that somebody pays it back.", """{ "paymentId": "payment-1", "amount": 85.00 }""");
        Map<OrderCommandRequest>(orders, OrderCommand.Ship, AccessRule.Fulfil, OrderDocument.ExampleOrder, "Records that a PAID order leaves the warehouse", "Its units leave the stock.", """{ "reason": "Parcel 4711" }""");
        Map<OrderCommandRequest>(orders, OrderCommand.Deliver, AccessRule.Fulfil, OrderDocument.ExampleOrder, "Records that a SHIPPED order has arrived", "", """{ "reason": "Left with the neighbours" }""");
        Map<RefundOrderRequest>(orders, OrderCommand.Refund, AccessRule.Pay, OrderDocument.ExampleOrder, "Pays back a PAID, SHIPPED or DELIVERED order", "What has not been shipped goes back into stock; what has been shipped only with `restock`.", """{ "reason": "Sent back unread", "restock": true }""");
    }

    private static void Map<T>(RouteGroupBuilder orders, OrderCommand command, AccessRule access, string example, string summary, string description, string body)
        where T : OrderCommandRequest, new() =>
        orders.MapPost(command.ToString().ToLowerInvariant(), (string id, Caller caller, HttpContext context, OrderCommands commands, IOptions<OrderOptions> options, Telemetry telemetry, CancellationToken cancellationToken) => GiveAsync<T>(id, command, caller, context, commands, options.Value, telemetry, cancellationToken))
            .Allow(access)
            .WithName(command + "Order").WithSummary(summary)
            .WithDescription($"{description} The same command again answers with the order where it led. Waits up to 5 seconds for the outcome, or as `Prefer` says; 202 when it is not known by then.".TrimStart())
            .With(OrderDocument.Id(example))
            .WithIdempotencyKey($"{command.ToString().ToLowerInvariant()}-1", " It stands for one command on this order.")
            .WithWait("Answers when the outcome is known, or after this many seconds, at most 30.")
            .WithJsonBody<T>(isOptional: true).WithExample("example", "As a shop would send it", body)
            .WithHeader("200", "ETag", "Names the state of the order.").WithHeader("202", "Location", "Where the order is.")
            .Produces<ApiResponse<OrderView>>(StatusCodes.Status200OK).Produces<ApiResponse<OrderView>>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> GiveAsync<T>(string id, OrderCommand command, Caller caller, HttpContext context, OrderCommands commands, OrderOptions options, Telemetry telemetry, CancellationToken cancellationToken)
        where T : OrderCommandRequest, new()
    {
        var (body, problem) = await JsonBody.ReadOptionalAsync<T>(context.Request);
        if (problem is not null) return problem;
        body ??= new T();
        var errors = new Dictionary<string, string[]>();
        body.Check(errors);
        var (key, invalid) = IdempotencyKey.Of(context.Request);
        if (key is null && options.RequireIdempotencyKey) invalid ??= IdempotencyKey.Missing(context.Response);
        if (invalid is not null) errors["idempotencyKey"] = [invalid];
        if (errors.Count > 0) return Problems.Validation(errors);
        if (OrderIds.Parse(id) is not { } orderId) return OrderEndpoints.NotFound(id);
        var wait = Preference.Wait(context.Request);
        var outcome = await commands.GiveAsync(orderId, body.Of(command), command == OrderCommand.Cancel ? caller.ActsFor : caller.OnlyUser, key, wait ?? DefaultWait, cancellationToken);
        telemetry.Commanded(command, outcome);
        if (wait is { } applied) Preference.Applied(context.Response, applied);
        if (outcome is OrderOutcome.Done { IsReplay: true } or OrderOutcome.Accepted { IsReplay: true }) IdempotencyKey.Replayed(context.Response);
        return outcome switch
        {
            OrderOutcome.Done(var order, _) => Answer(context, command, order),
            OrderOutcome.KeyReused => OrderEndpoints.KeyReused(),
            OrderOutcome.Accepted(var order, _) => TypedResults.Accepted($"/api/orders/{order.Id}", new ApiResponse<OrderView>(Texts.Of("Accepted; the outcome will show in the order.", "已受理，结果将体现在订单中。"), OrderView.Of(order))),
            OrderOutcome.Refused(var order) => Refusal(order, command, "ILLEGAL_TRANSITION", Texts.Of($"An order that is {order.Status.Word()} does not allow this.", $"订单处于 {order.Status.Word()} 状态，不允许此操作。")),
            OrderOutcome.TooLate(var order) => Refusal(order, command, "REFUND_WINDOW_CLOSED", Texts.Of("The order was delivered too long ago to be refunded.", "订单交付时间过长，已不能退款。")),
            OrderOutcome.AlreadyPaid(var order) => Refusal(order, command, "ALREADY_PAID", Texts.Of("Another payment has paid this order.", "该订单已由另一笔付款支付。")),
            OrderOutcome.TooManyPayments(var order) => Refusal(order, command, "TOO_MANY_PAYMENTS", Texts.Of($"The order keeps {OrderRules.MaxPayments} payments, and has them; this one is not recorded.", $"每个订单最多记录 {OrderRules.MaxPayments} 笔付款，已达上限；本次付款未记录。")),
            OrderOutcome.OtherAmount(var order, { } before) => Refusal(order, command, "AMOUNT_MISMATCH", Texts.Of($"This payment was reported with the amount {before.Amount} before.", $"该付款此前上报的金额为 {before.Amount}，与本次不符。"), StatusCodes.Status422UnprocessableEntity),
            OrderOutcome.OtherAmount(var order, null) => Refusal(order, command, "AMOUNT_MISMATCH", Texts.Of($"The payment is not the one of {order.Amount} that this order needs.", $"付款金额与订单金额 {order.Amount} 不符。"), StatusCodes.Status422UnprocessableEntity),
            OrderOutcome.RefusedByInventory(var order, var refusal) => Refusal(order, command, refusal.Code, Texts.Of($"Inventory refused line {refusal.Line}: {refusal.Code}. The order stays {order.Status.Word()}.", $"库存拒绝了第 {refusal.Line} 行：{refusal.Code}。订单保持 {order.Status.Word()} 状态。")),
            OrderOutcome.Busy => Problems.Unavailable(context.Response),
            _ => OrderEndpoints.NotFound(id),
        };
    }

    private static Ok<ApiResponse<OrderView>> Answer(HttpContext context, OrderCommand command, Order order)
    {
        OrderEndpoints.SetETag(context, order);
        return TypedResults.Ok(new ApiResponse<OrderView>(command == OrderCommand.Pay && order.Status == OrderStatus.Cancelled
            ? Texts.Of("The order was cancelled before; the payment is recorded as late and has to be paid back.", "订单此前已取消；该付款已记录为迟到付款，需要退回。")
            : Texts.Of($"The order is {order.Status.Word()}.", $"订单状态为 {order.Status.Word()}。"), OrderView.Of(order)));
    }

    private static ProblemHttpResult Refusal(Order order, OrderCommand command, string code, string message, int status = StatusCodes.Status409Conflict) => Problems.Of(
        status, code, message, new Dictionary<string, object?> { ["orderId"] = order.Id, ["command"] = command, ["currentStatus"] = order.Status });
}
