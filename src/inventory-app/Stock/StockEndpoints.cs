using System.Diagnostics;
using System.Globalization;
using InventoryApp.Domain;
using InventoryApp.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Description;
using OrderInventory.ServiceDefaults.Http;

namespace InventoryApp.Stock;

/// <summary>The HTTP API of the stock of one product.</summary>
internal static class StockEndpoints
{
    public static void MapStockEndpoints(this IEndpointRouteBuilder routes)
    {
        var stock = routes.MapGroup("/api/inventory/{productId}").WithTags("Inventory").RequireRateLimiting(Shedding.Policy).AddEndpointFilter(StockProblems.CatchDamageAsync).With(StockDocument.Product);
        stock.MapGet("", GetAsync).Allow(AccessRule.Caller)
            .WithName("GetStock").WithSummary("The stock of a product").WithDescription("What exists, what can be ordered, and what orders hold.")
            .WithETag()
            .Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status404NotFound);
        stock.MapPut("", PutAsync).Allow(AccessRule.Stock)
            .WithName("SetStock").WithSummary("Creates a product or sets its total").WithDescription("Refused below what orders hold. The same key sets it once, for ever; without a key it is set each time.")
            .WithIdempotencyKey("count-1").WithConditions()
            .WithJsonBody<SetStockRequest>().WithExample("total", "What was counted", """{ "total": 500 }""")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        MapChange<RestockRequest>(stock, "restock", OperationKind.Restock, body => body.Quantity)
            .WithName("Restock").WithSummary("Adds units that arrived").WithDescription("The same key adds them once, for ever. Without a key each request adds them, and the key made for it is returned.")
            .WithIdempotencyKey("delivery-1").WithExample("delivery", "A delivery", """{ "quantity": 25 }""");
        MapChange<AdjustStockRequest>(stock, "adjust", OperationKind.Adjust, body => body.Quantity)
            .WithName("AdjustStock").WithSummary("Corrects the total by a difference").WithDescription("Without touching what orders hold. The same key does it once, for ever. Without a key each request does it, and the key made for it is returned.")
            .WithIdempotencyKey("breakage-1").WithExample("breakage", "Two are broken", """{ "quantity": -2 }""");
    }

    private static RouteHandlerBuilder MapChange<T>(RouteGroupBuilder stock, string pattern, OperationKind kind, Func<T, long?> quantity)
        where T : class =>
        stock.MapPost(pattern, (string productId, HttpContext context, StockRounds rounds, IOptions<InventoryOptions> options, TimeProvider time) =>
                ChangeAsync(kind, quantity, productId, context, rounds, options, time))
            .Allow(AccessRule.Stock).WithJsonBody<T>().WithConditions()
            .WithHeader("200", IdempotencyKey.Header, "The key of this change, given or made.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<ApiResponse<StockView>>, StatusCodeHttpResult, ProblemHttpResult>> GetAsync(string productId, HttpContext context, StockStore store, CancellationToken cancellationToken)
    {
        if (!ResourceName.IsValid(productId) || await store.ReadAsync(productId, cancellationToken) is not { Defined: true } item) return StockProblems.NotFound(productId);
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
        if (!ResourceName.IsValid(productId)) return InvalidProductId();
        if (body.Total is not (>= 0 and <= StockLimits.MaxTotal)) return StockProblems.Invalid("total", StockProblems.TotalRefusal());
        var (key, refusal) = Key(context, options.Value);
        if (refusal is not null) return StockProblems.Invalid("idempotencyKey", refusal);

        // Without a key it sets the total whatever happened since the request before.
        var command = new SetTotalCommand(productId, key is null ? SetTotalCommand.NewId(time) : SetTotalCommand.IdOf(key), body.Total.Value, IsKeyed: key is not null);
        return await AnswerAsync(command, context, rounds);
    }

    private static async Task<Results<Ok<ApiResponse<StockView>>, ProblemHttpResult>> ChangeAsync<T>(
        OperationKind kind, Func<T, long?> quantityOf, string productId, HttpContext context, StockRounds rounds, IOptions<InventoryOptions> options, TimeProvider time)
        where T : class
    {
        var (body, problem) = await JsonBody.ReadAsync<T>(context.Request);
        if (body is null) return problem!;
        if (!ResourceName.IsValid(productId)) return InvalidProductId();
        var least = kind == OperationKind.Restock ? 1 : -StockLimits.MaxTotal;
        if (quantityOf(body) is not { } quantity || quantity == 0 || quantity < least || quantity > StockLimits.MaxTotal)
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
        var (decision, item) = await rounds.ExecuteAsync(command with
        {
            Condition = product => conditions.Hold(product is null ? null : ETag(product)),
            TraceParent = Activity.Current?.Id,
        });
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

    private static ProblemHttpResult InvalidProductId() => StockProblems.Invalid("productId", Problems.NotAName("productId"));
}
