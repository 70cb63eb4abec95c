using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Description;
using OrderInventory.ServiceDefaults.Http;

namespace OrderApp.Orders;

/// <summary>The HTTP API of orders.</summary>
internal static class OrderEndpoints
{
    public static void MapOrderEndpoints(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/api/orders").WithTags("Orders").Allow(AccessRule.Caller).RequireRateLimiting(Shedding.Policy);
        orders.MapPost("/", PostAsync)
            .WithName("PlaceOrder").WithSummary("Places an order")
            .WithDescription("The same key and content again answer with the same order, however much later. Without a key each request is an order of its own.")
            .WithJsonBody<PlaceOrderRequest>()
            .WithExample("oneProduct", "One product", $$"""{ "userId": "{{OrderDocument.ExampleUser}}", "productId": "SAMPLE-BOOK", "quantity": 2, "amount": 85.00, "remark": "Please ring twice" }""")
            .WithExample("severalProducts", "Several products, all or nothing", $$"""{ "userId": "{{OrderDocument.OtherUser}}", "lines": [ { "productId": "SAMPLE-BOOK", "quantity": 1, "amount": "42.50" }, { "productId": "SAMPLE-PEN", "quantity": 3, "amount": "6.00" } ] }""")
            .WithIdempotencyKey(OrderDocument.ExampleKey, " It stands for one order of its user, for ever.")
            .WithWait("Answers when the order is decided, or after this many seconds, at most 30.")
            .WithHeader("201", "Location", "Where the order is.").WithHeader("201", "ETag", "Names the state of the order.")
            .Produces<ApiResponse<OrderView>>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        orders.MapGet("/{id}", GetAsync)
            .WithName("GetOrder").WithSummary("One order").WithDescription("Of users who are no operators only their own.")
            .With(OrderDocument.Id(OrderDocument.ExampleOrder)).WithETag()
            .Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status404NotFound);
        orders.MapGet("/", ListAsync)
            .WithName("ListOrders").WithSummary("The orders of one user, newest first").WithDescription("With `idempotencyKey` only the order that this key stands for, with `orderNo` only the one of this number, if there is one.")
            .With(OrderDocument.User).With(OrderDocument.Key).With(OrderDocument.Number).With(OrderDocument.Status).WithPages(OrderList.DefaultLimit, OrderList.MaxLimit, "^[0-9]{1,9}$")
            .Produces<ApiList<OrderView>>();
        routes.MapGet("/api/orders/recent", ListRecentAsync).WithTags("Operations").Allow(AccessRule.Operator).RequireRateLimiting(Shedding.Policy)
            .WithName("ListRecentOrders").WithSummary("The orders of everybody, newest first")
            .WithDescription("For operators. With `status` a page can be empty although `nextCursor` says that there are older orders: one request looks at 500 at most.")
            .With(OrderDocument.Status).WithPages(OrderList.DefaultLimit, OrderList.MaxLimit, RecentOrders.CursorPattern)
            .Produces<ApiList<OrderView>>();
        orders.MapGet("/{id}/history", GetHistoryAsync)
            .WithName("GetOrderHistory").WithSummary("The transitions of an order, oldest first").WithDescription("Each with its cause and its time.")
            .With(OrderDocument.Id(OrderDocument.ExampleOrder))
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> PostAsync(
        HttpContext context,
        Caller caller,
        OrderPlacement placement,
        OrderWatch watch,
        Telemetry telemetry,
        IOptions<OrderOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadAsync<PlaceOrderRequest>(context.Request);
        if (body is null) return problem!;
        if (caller.ActsFor is { } user && body.UserId is not null && body.UserId != user)
            return Problems.Of(StatusCodes.Status403Forbidden, "NOT_YOUR_USER", Texts.Of("The userId is not the user of the token.", "userId 与令牌中的用户不一致。"));
        body = body with { UserId = body.UserId ?? caller.UserId };
        var (placed, errors) = PlaceOrderValidation.Check(body, options.Value.MaxPaymentDeadline);
        var key = Key(context, body, options.Value.RequireIdempotencyKey, errors, time);
        if (errors.Count > 0) return Problems.Validation(errors);

        var outcome = await placement.PlaceAsync(placed!, key, cancellationToken);
        telemetry.Placed(outcome);
        switch (outcome)
        {
            case OrderOutcome.Created(var order):
                order = await AwaitOutcomeAsync(context, order, watch, cancellationToken);
                SetETag(context, order);
                return TypedResults.Created($"/api/orders/{order.Id}", new ApiResponse<OrderView>(Texts.Of("Order placed.", "订单已创建。"), OrderView.Of(order)));
            case OrderOutcome.Replayed(var order):
                order = await AwaitOutcomeAsync(context, order, watch, cancellationToken);
                SetETag(context, order);
                IdempotencyKey.Replayed(context.Response);
                return TypedResults.Created($"/api/orders/{order.Id}", new ApiResponse<OrderView>(Texts.Of("The order was placed before.", "订单此前已创建。"), OrderView.Of(order)));
            default:
                return KeyReused();
        }
    }

    private static async Task<Order> AwaitOutcomeAsync(HttpContext context, Order order, OrderWatch watch, CancellationToken cancellationToken)
    {
        if (Preference.Wait(context.Request) is not { } wait) return order;
        Preference.Applied(context.Response, wait);
        return await watch.UntilAsync(order, seen => seen.Status != OrderStatus.Pending, wait, cancellationToken);
    }

    private static async Task<Results<Ok<ApiResponse<OrderView>>, StatusCodeHttpResult, ProblemHttpResult>> GetAsync(string id, Caller caller, HttpContext context, OrderReader orders, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, caller, orders, cancellationToken) is not { } order) return NotFound(id);
        SetETag(context, order);
        return Preconditions.IsUnchanged(context.Request, ETag(order))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(new ApiResponse<OrderView>("OK", OrderView.Of(order)));
    }

    private static async Task<IResult> ListAsync(Caller caller, OrderList list, CancellationToken cancellationToken, string? userId = null, string? idempotencyKey = null, string? status = null, string? limit = null, string? cursor = null, string? orderNo = null)
    {
        var (query, errors) = OrderList.Parse(userId ?? (orderNo is null ? caller.UserId : caller.OnlyUser), idempotencyKey, orderNo, status, limit, cursor);
        if (query is null) return Problems.Validation(errors);
        // As for a user without orders: others have none that this caller may know of.
        return TypedResults.Ok((caller.OnlyUser ?? query.UserId) == query.UserId ? await list.ListAsync(query, cancellationToken) : new ApiList<OrderView>([], null));
    }

    private static async Task<IResult> ListRecentAsync(OrderList list, CancellationToken cancellationToken, string? status = null, string? limit = null, string? cursor = null)
    {
        var (query, errors) = OrderList.Parse(status, limit, cursor);
        return query is null ? Problems.Validation(errors) : TypedResults.Ok(await list.ListRecentAsync(query, cancellationToken));
    }

    private static async Task<Results<Ok<ApiResponse<IReadOnlyList<HistoryEntry>>>, ProblemHttpResult>> GetHistoryAsync(string id, Caller caller, OrderReader orders, CancellationToken cancellationToken) =>
        await FindAsync(id, caller, orders, cancellationToken) is { } order
            ? TypedResults.Ok(new ApiResponse<IReadOnlyList<HistoryEntry>>("OK", [.. order.History.Select(change => new HistoryEntry(change.Sequence, change.OldStatus, change.NewStatus, change.Reason, change.Time))]))
            : NotFound(id);

    /// <summary>The order; null when there is none, or none that exists for the caller.</summary>
    private static async Task<Order?> FindAsync(string id, Caller caller, OrderReader orders, CancellationToken cancellationToken) =>
        await orders.FindAsync(id, cancellationToken) is { } order && (caller.OnlyUser ?? order.UserId) == order.UserId ? order : null;

    /// <summary>The key of the header or of the body; without one, every POST is an order of its own and the key made here is returned.</summary>
    private static string Key(HttpContext context, PlaceOrderRequest body, bool required, Dictionary<string, string[]> errors, TimeProvider time)
    {
        var (header, refusal) = IdempotencyKey.Of(context.Request);
        var (member, memberRefusal) = body.IdempotencyKey is { } text ? IdempotencyKey.Parse(text) : (null, null);
        if ((refusal ?? memberRefusal) is { } invalid) errors["idempotencyKey"] = [invalid];
        else if (header is not null && member is not null && header != member) errors["idempotencyKey"] = [Texts.Of("The header Idempotency-Key and idempotencyKey differ.", "请求头 Idempotency-Key 与 idempotencyKey 不一致。")];
        else if (required && header is null && member is null) errors["idempotencyKey"] = [IdempotencyKey.Missing(context.Response)];
        return header ?? member ?? Guid.CreateVersion7(time.GetUtcNow()).ToString();
    }

    // A refusal by inventory shows in the order and is no transition.
    internal static string ETag(Order order) => order.Refusal is null ? $"\"{order.Version}\"" : $"\"{order.Version}-refused\"";

    internal static void SetETag(HttpContext context, Order order) => context.Response.Headers.ETag = ETag(order);

    internal static ProblemHttpResult KeyReused() =>
        Problems.Of(StatusCodes.Status422UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED", Texts.Of("This idempotency key was used with another request.", "该幂等键已用于另一个请求。"));

    internal static ProblemHttpResult NotFound(string id) => Problems.Of(
        StatusCodes.Status404NotFound, "ORDER_NOT_FOUND", Texts.Of("There is no such order.", "订单不存在。"), new Dictionary<string, object?> { ["orderId"] = id });
}
