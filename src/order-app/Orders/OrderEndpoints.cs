using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults.Http;

namespace OrderApp.Orders;

/// <summary>The HTTP API of orders.</summary>
internal static class OrderEndpoints
{
    private const string KeyHeader = "Idempotency-Key";
    private const string ReplayedHeader = "Idempotency-Replayed";

    public static void MapOrderEndpoints(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/api/orders").WithTags("Orders");
        orders.MapPost("/", PostAsync)
            .WithName("PlaceOrder").WithSummary("Places an order; the same key and content again answer with the same order for 24 hours")
            .Accepts<PlaceOrderRequest>("application/json")
            .Produces<ApiResponse<OrderView>>(StatusCodes.Status200OK).Produces<ApiResponse<OrderView>>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        orders.MapGet("/{id}", GetAsync)
            .WithName("GetOrder").WithSummary("One order")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        orders.MapGet("/{id}/history", GetHistoryAsync)
            .WithName("GetOrderHistory").WithSummary("The transitions of an order, oldest first")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> PostAsync(
        HttpContext context, [FromHeader(Name = KeyHeader)] string? idempotencyKey, OrderPlacement placement, Telemetry telemetry, TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadAsync<PlaceOrderRequest>(context.Request);
        if (body is null) return problem!;
        var (placed, errors) = PlaceOrderValidation.Check(body);
        var key = Key(body, idempotencyKey, errors, time);
        if (errors.Count > 0) return Problems.Validation(errors);

        var outcome = await placement.PlaceAsync(placed!, key, cancellationToken);
        telemetry.Placed(outcome);
        switch (outcome)
        {
            case Placement.Created(var order):
                SetETag(context, order);
                return TypedResults.Created($"/api/orders/{order.Id}", new ApiResponse<OrderView>(Texts.Of("Order placed.", "订单已创建。"), OrderView.Of(order)));
            case Placement.Replayed(var order):
                SetETag(context, order);
                context.Response.Headers[ReplayedHeader] = "true";
                return TypedResults.Ok(new ApiResponse<OrderView>(Texts.Of("The order was placed before.", "订单此前已创建。"), OrderView.Of(order)));
            default:
                return Problems.Of(StatusCodes.Status422UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED", Texts.Of("This idempotency key was used with another request.", "该幂等键已用于另一个请求。"));
        }
    }

    private static async Task<Results<Ok<ApiResponse<OrderView>>, StatusCodeHttpResult, ProblemHttpResult>> GetAsync(string id, HttpContext context, OrderStore orders, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, orders, cancellationToken) is not { } order) return NotFound(id);
        SetETag(context, order);
        return context.Request.Headers.IfNoneMatch.Contains(ETag(order))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(new ApiResponse<OrderView>("OK", OrderView.Of(order)));
    }

    private static async Task<Results<Ok<ApiResponse<IReadOnlyList<HistoryEntry>>>, ProblemHttpResult>> GetHistoryAsync(string id, OrderStore orders, CancellationToken cancellationToken) =>
        await FindAsync(id, orders, cancellationToken) is { } order
            ? TypedResults.Ok(new ApiResponse<IReadOnlyList<HistoryEntry>>("OK", [.. order.History.Select(change => new HistoryEntry(change.Sequence, change.OldStatus, change.NewStatus, change.Reason, change.Time))]))
            : NotFound(id);

    private static async Task<Order?> FindAsync(string id, OrderStore orders, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "D", out var parsed) ? await orders.FindAsync(parsed.ToString(), cancellationToken) : null;

    /// <summary>The key of the header or of the body; without one, every POST is an order of its own and the key made here is returned.</summary>
    private static string Key(PlaceOrderRequest body, string? header, Dictionary<string, string[]> errors, TimeProvider time)
    {
        if (header is not null && body.IdempotencyKey is not null && header != body.IdempotencyKey)
            errors["idempotencyKey"] = [Texts.Of("The header Idempotency-Key and idempotencyKey differ.", "请求头 Idempotency-Key 与 idempotencyKey 不一致。")];
        if ((header ?? body.IdempotencyKey) is not { } key) return Guid.CreateVersion7(time.GetUtcNow()).ToString();
        if (PlaceOrderValidation.CheckKey(key) is { } refusal) errors["idempotencyKey"] = [refusal];
        return key;
    }

    private static string ETag(Order order) => $"\"{order.Version}\"";

    private static void SetETag(HttpContext context, Order order) => context.Response.Headers.ETag = ETag(order);

    private static ProblemHttpResult NotFound(string id) => Problems.Of(
        StatusCodes.Status404NotFound, "ORDER_NOT_FOUND", Texts.Of("There is no such order.", "订单不存在。"), new Dictionary<string, object?> { ["orderId"] = id });
}
