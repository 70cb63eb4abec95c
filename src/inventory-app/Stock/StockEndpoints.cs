using System.Globalization;
using InventoryApp.Domain;
using InventoryApp.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
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
        stock.MapPut("", PutAsync).Allow(AccessRule.Staff).WithIdempotencyKey()
            .WithName("SetStock").WithSummary("Creates a product or sets its total; the same Idempotency-Key sets it once, for ever")
            .WithJsonBody<SetStockRequest>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        MapChange(stock, "restock", OperationKind.Restock)
            .WithName("Restock").WithSummary("Adds units that arrived; the same Idempotency-Key adds them once, for ever");
        MapChange(stock, "adjust", OperationKind.Adjust)
            .WithName("AdjustStock").WithSummary("Corrects the total by a difference, without touching what orders hold; the same Idempotency-Key does it once, for ever");
    }

    /// <summary>True for an id that the API accepts: one that fits into a path and into a state key.</summary>
    public static bool IsProductId(string productId) => StateKey.IsId(productId) && RequestTarget.CanName(productId);

    private static RouteHandlerBuilder MapChange(RouteGroupBuilder stock, string pattern, OperationKind kind) =>
        stock.MapPost(pattern, (string productId, HttpContext context, StockRounds rounds, IOptions<InventoryOptions> options, TimeProvider time) =>
                ChangeAsync(kind, productId, context, rounds, options, time))
            .Allow(AccessRule.Staff).WithIdempotencyKey().WithJsonBody<ChangeStockRequest>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<ApiResponse<StockView>>, StatusCodeHttpResult, ProblemHttpResult>> GetAsync(string productId, HttpContext context, StockStore store, CancellationToken cancellationToken)
    {
        if (!IsProductId(productId) || await store.ReadAsync(productId, cancellationToken) is not { Defined: true } item) return StockProblems.NotFound(productId);
        context.Response.Headers.ETag = ETag(item);
        return Preconditions.IsUnchanged(context.Request, ETag(item))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : Found(item);
    }

    // Every operation has a number of its own, those of one round, too.
    private static string ETag(StockItem item) => string.Create(CultureInfo.InvariantCulture, $"\"{item.Sequence}\"");

    private static async Task<Results<Ok<ApiResponse<StockView>>, ProblemHttpResult>> PutAsync(string productId, HttpContext context, StockRounds rounds, IOptions<InventoryOptions> options, TimeProvider time)
    {
        var (body, problem) = await JsonBody.ReadAsync<SetStockRequest>(context.Request);
        if (body is null) return problem!;
        if (!IsProductId(productId)) return InvalidProductId();
        if (body.Total is not (>= 0 and <= StockLimits.MaxTotal)) return StockProblems.Invalid("total", Texts.Of($"total is required and must be from 0 to {StockLimits.MaxTotal}.", $"total 必填，且必须在 0 到 {StockLimits.MaxTotal} 之间。"));
        var (key, refusal) = Key(context, options.Value);
        if (refusal is not null) return StockProblems.Invalid("idempotencyKey", refusal);

        // Without a key it sets the total whatever happened since the request before.
        var command = new SetTotalCommand(productId, key is null ? "set:" + NewId(time) : SetTotalCommand.IdOf(key), body.Total.Value, IsKeyed: key is not null);
        return await AnswerAsync(command, context, rounds);
    }

    private static async Task<Results<Ok<ApiResponse<StockView>>, ProblemHttpResult>> ChangeAsync(
        OperationKind kind, string productId, HttpContext context, StockRounds rounds, IOptions<InventoryOptions> options, TimeProvider time)
    {
        var (body, problem) = await JsonBody.ReadAsync<ChangeStockRequest>(context.Request);
        if (body is null) return problem!;
        if (!IsProductId(productId)) return InvalidProductId();
        var least = kind == OperationKind.Restock ? 1 : -StockLimits.MaxTotal;
        if (body.Quantity is not { } quantity || quantity == 0 || quantity < least || quantity > StockLimits.MaxTotal)
            return StockProblems.Invalid("quantity", Texts.Of($"quantity is required and must be from {least} to {StockLimits.MaxTotal}, and not 0.", $"quantity 必填，必须在 {least} 到 {StockLimits.MaxTotal} 之间，且不能为 0。"));
        var (given, refusal) = Key(context, options.Value);
        if (refusal is not null) return StockProblems.Invalid("idempotencyKey", refusal);

        // Without a key every request is a change of its own; the key made here tells it from others, and is returned.
        var key = given ?? NewId(time);
        context.Response.Headers[IdempotencyKey.Header] = key;
        return await AnswerAsync(new ChangeTotalCommand(productId, ChangeTotalCommand.IdOf(key), kind, quantity), context, rounds);
    }

    private static async Task<Results<Ok<ApiResponse<StockView>>, ProblemHttpResult>> AnswerAsync(StockCommand command, HttpContext context, StockRounds rounds)
    {
        var (conditions, invalid) = Preconditions.Of(context.Request);
        if (conditions is null) return invalid!;
        var (decision, item) = await rounds.ExecuteAsync(command with { Condition = product => conditions.Hold(product is null ? null : ETag(product)) });
        if (item.Defined) context.Response.Headers.ETag = ETag(item);
        if (StockProblems.Of(decision, command.ProductId) is { } refused) return refused;
        if (decision is StockDecision.Recorded { IsNew: false }) IdempotencyKey.Replayed(context.Response);
        return Found(item);
    }

    private static (string? Key, string? Refusal) Key(HttpContext context, InventoryOptions options)
    {
        var (key, refusal) = IdempotencyKey.Of(context.Request);
        return (key, refusal ?? (key is null && options.RequireIdempotencyKey ? IdempotencyKey.Missing(context.Response) : null));
    }

    private static string NewId(TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow()).ToString();

    private static Ok<ApiResponse<StockView>> Found(StockItem item) => TypedResults.Ok(new ApiResponse<StockView>("OK", StockView.Of(item)));

    private static ProblemHttpResult InvalidProductId() => StockProblems.Invalid(
        "productId",
        Texts.Of(
            $"productId must have 1 to {StateKey.MaxIdLength} characters (fewer when they are not ASCII) without '/' or control characters, and not be '.' or '..'.",
            $"productId 的长度必须为 1 到 {StateKey.MaxIdLength} 个字符（非 ASCII 字符更少），不能包含“/”或控制字符，也不能是“.”或“..”。"));
}
