using InventoryApp.Domain;
using InventoryApp.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Http;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Stock;

/// <summary>The HTTP API of the stock of one product.</summary>
internal static class StockEndpoints
{
    public static void MapStockEndpoints(this IEndpointRouteBuilder routes)
    {
        var stock = routes.MapGroup("/api/inventory/{productId}").WithTags("Inventory").RequireRateLimiting(Shedding.Policy).AddEndpointFilter(StockProblems.CatchDamageAsync)
            .ProducesProblem(StatusCodes.Status500InternalServerError).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        stock.MapGet("", GetAsync).Allow(AccessRule.Caller)
            .WithName("GetStock").WithSummary("The stock of a product")
            .ProducesProblem(StatusCodes.Status404NotFound);
        stock.MapPut("", PutAsync).Allow(AccessRule.Staff)
            .WithName("SetStock").WithSummary("Creates a product or sets its total; repeating it changes nothing")
            .Accepts<SetStockRequest>("application/json")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        MapChange(stock, "restock", OperationKind.Restock)
            .WithName("Restock").WithSummary("Adds units that arrived; the same Idempotency-Key adds them once, for ever");
        MapChange(stock, "adjust", OperationKind.Adjust)
            .WithName("AdjustStock").WithSummary("Corrects the total by a difference, without touching what orders hold; the same Idempotency-Key does it once, for ever");
    }

    /// <summary>True for an id that the API accepts: one that fits into a path and into a state key.</summary>
    public static bool IsProductId(string productId) => StateKey.IsId(productId) && !productId.Contains('/', StringComparison.Ordinal);

    private static RouteHandlerBuilder MapChange(RouteGroupBuilder stock, string pattern, OperationKind kind) =>
        stock.MapPost(pattern, (string productId, [FromHeader(Name = IdempotencyKey.Header)] string? idempotencyKey, HttpContext context, StockRounds rounds, TimeProvider time) =>
                ChangeAsync(kind, productId, idempotencyKey, context, rounds, time))
            .Allow(AccessRule.Staff).Accepts<ChangeStockRequest>("application/json")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<ApiResponse<StockView>>, ProblemHttpResult>> GetAsync(string productId, StockStore store, CancellationToken cancellationToken)
    {
        if (!IsProductId(productId)) return StockProblems.NotFound(productId);
        return await store.ReadAsync(productId, cancellationToken) is { Defined: true } item ? Found(item) : StockProblems.NotFound(productId);
    }

    private static async Task<Results<Ok<ApiResponse<StockView>>, ProblemHttpResult>> PutAsync(string productId, HttpRequest request, StockRounds rounds, TimeProvider time)
    {
        var (body, problem) = await JsonBody.ReadAsync<SetStockRequest>(request);
        if (body is null) return problem!;
        if (!IsProductId(productId)) return InvalidProductId();
        if (body.Total is not (>= 0 and <= StockLimits.MaxTotal)) return StockProblems.Invalid("total", Texts.Of($"total is required and must be from 0 to {StockLimits.MaxTotal}.", $"total 必填，且必须在 0 到 {StockLimits.MaxTotal} 之间。"));

        var (decision, item) = await rounds.ExecuteAsync(new SetTotalCommand(productId, "set:" + NewId(time), body.Total.Value));
        return StockProblems.Of(decision, productId) is { } refused ? refused : Found(item);
    }

    private static async Task<Results<Ok<ApiResponse<StockView>>, ProblemHttpResult>> ChangeAsync(
        OperationKind kind, string productId, string? idempotencyKey, HttpContext context, StockRounds rounds, TimeProvider time)
    {
        var (body, problem) = await JsonBody.ReadAsync<ChangeStockRequest>(context.Request);
        if (body is null) return problem!;
        if (!IsProductId(productId)) return InvalidProductId();
        var least = kind == OperationKind.Restock ? 1 : -StockLimits.MaxTotal;
        if (body.Quantity is not { } quantity || quantity == 0 || quantity < least || quantity > StockLimits.MaxTotal)
            return StockProblems.Invalid("quantity", Texts.Of($"quantity is required and must be from {least} to {StockLimits.MaxTotal}, and not 0.", $"quantity 必填，必须在 {least} 到 {StockLimits.MaxTotal} 之间，且不能为 0。"));
        if (idempotencyKey is not null && IdempotencyKey.Refusal(idempotencyKey) is { } refusal) return StockProblems.Invalid("idempotencyKey", refusal);

        // Without a key every request is a change of its own; the key made here tells it from others, and is returned.
        var key = idempotencyKey ?? NewId(time);
        context.Response.Headers[IdempotencyKey.Header] = key;
        var (decision, item) = await rounds.ExecuteAsync(new ChangeTotalCommand(productId, ChangeTotalCommand.IdOf(key), kind, quantity));
        if (StockProblems.Of(decision, productId) is { } refused) return refused;
        if (decision is StockDecision.Recorded { IsNew: false }) context.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        return Found(item);
    }

    private static string NewId(TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow()).ToString();

    private static Ok<ApiResponse<StockView>> Found(StockItem item) => TypedResults.Ok(new ApiResponse<StockView>("OK", StockView.Of(item)));

    private static ProblemHttpResult InvalidProductId() => StockProblems.Invalid(
        "productId",
        Texts.Of(
            $"productId must have 1 to {StateKey.MaxIdLength} characters (fewer when they are not ASCII) without '/' or control characters.",
            $"productId 的长度必须为 1 到 {StateKey.MaxIdLength} 个字符（非 ASCII 字符更少），且不能包含“/”或控制字符。"));
}
