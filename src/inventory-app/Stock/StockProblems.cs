using InventoryApp.Domain;
using InventoryApp.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using OrderInventory.ServiceDefaults.Http;

namespace InventoryApp.Stock;

/// <summary>How the API of stock says no.</summary>
internal static class StockProblems
{
    public static ProblemHttpResult NotFound(string productId) => Problems.Of(
        StatusCodes.Status404NotFound, "PRODUCT_NOT_FOUND", Texts.Of("There is no such product.", "商品不存在。"), new Dictionary<string, object?> { ["productId"] = productId });

    public static ProblemHttpResult Invalid(string field, string message) => Problems.Validation(new Dictionary<string, string[]> { [field] = [message] });

    /// <summary>The problem of a refused change; null when the change is recorded or was not needed.</summary>
    public static ProblemHttpResult? Of(StockDecision decision, string productId) => decision switch
    {
        StockDecision.BelowReserved below => Problems.Of(
            StatusCodes.Status409Conflict,
            "BELOW_RESERVED",
            Texts.Of($"Orders hold {below.Reserved} units of this product.", $"该商品有 {below.Reserved} 件已被订单占用。"),
            new Dictionary<string, object?> { ["reserved"] = below.Reserved }),
        StockDecision.AboveMaximum above => Problems.Of(
            StatusCodes.Status409Conflict,
            "ABOVE_MAXIMUM",
            Texts.Of($"A product can have at most {StockLimits.MaxTotal} units; this one has {above.Total}.", $"一个商品最多 {StockLimits.MaxTotal} 件，目前已有 {above.Total} 件。"),
            new Dictionary<string, object?> { ["total"] = above.Total }),
        StockDecision.KeyReused => Problems.Of(
            StatusCodes.Status422UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED", Texts.Of("This idempotency key was used with another request.", "该幂等键已用于另一个请求。")),
        StockDecision.ConditionFailed => Problems.Of(
            StatusCodes.Status412PreconditionFailed, "PRECONDITION_FAILED", Texts.Of("The product has changed, or is not as If-Match or If-None-Match want it.", "商品已变更，或不符合 If-Match 或 If-None-Match 的条件。")),
        StockDecision.UnknownProduct => NotFound(productId),
        _ => null,
    };

    /// <summary>Says what a total must be.</summary>
    public static string TotalRefusal() => Texts.Of($"total is required and must be from 0 to {StockLimits.MaxTotal}.", $"total 必填，且必须在 0 到 {StockLimits.MaxTotal} 之间。");

    /// <summary>Answers for a product whose stored stock is damaged.</summary>
    public static async ValueTask<object?> CatchDamageAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (StockDamagedException error)
        {
            return context.HttpContext.RequestServices.GetRequiredService<StockDamage>().Report(error);
        }
    }
}

/// <summary>Tells of stored stock that cannot be true.</summary>
internal sealed class StockDamage(Telemetry telemetry, ILogger<StockStore> logger)
{
    /// <summary>Counts and logs it; what to answer.</summary>
    public ProblemHttpResult Report(StockDamagedException error)
    {
        telemetry.Damaged();
        Log.Damaged(logger, error.ProductId, error);
        return Problems.Of(
            StatusCodes.Status500InternalServerError,
            "STOCK_DAMAGED",
            Texts.Of("What is stored about this product is damaged and has to be repaired.", "该商品的库存数据已损坏，需要修复。"),
            new Dictionary<string, object?> { ["productId"] = error.ProductId });
    }
}
