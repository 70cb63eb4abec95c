using InventoryApp.Domain;
using InventoryApp.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using OrderInventory.ServiceDefaults.Http;

namespace InventoryApp.Stock;

/// <summary>The HTTP API of stock.</summary>
internal static class StockEndpoints
{
    private const int MaxProductIdLength = 128;
    private const long MaxTotal = 1_000_000_000;

    public static void MapStockEndpoints(this IEndpointRouteBuilder routes)
    {
        var inventory = routes.MapGroup("/api/inventory").WithTags("Inventory");
        inventory.MapGet("/{productId}", GetAsync)
            .WithName("GetStock").WithSummary("The stock of a product")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        inventory.MapPut("/{productId}", PutAsync)
            .WithName("SetStock").WithSummary("Creates a product or sets its total; repeating it changes nothing")
            .Accepts<SetStockRequest>("application/json")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<ApiResponse<StockView>>, ProblemHttpResult>> GetAsync(string productId, StockStore store, CancellationToken cancellationToken)
    {
        if (!IsProductId(productId)) return NotFound(productId);
        var (item, _) = await store.ReadAsync(productId, cancellationToken);
        return item is { Defined: true } ? Found(item) : NotFound(productId);
    }

    private static async Task<Results<Ok<ApiResponse<StockView>>, ProblemHttpResult>> PutAsync(string productId, HttpRequest request, StockWriters writers, TimeProvider time)
    {
        var (body, problem) = await JsonBody.ReadAsync<SetStockRequest>(request);
        if (body is null) return problem!;
        if (!IsProductId(productId)) return Invalid("productId", Texts.Of($"productId must have 1 to {MaxProductIdLength} characters without '/' or control characters.", $"productId 的长度必须为 1 到 {MaxProductIdLength} 个字符，且不能包含“/”或控制字符。"));
        if (body.Total is not (>= 0 and <= MaxTotal)) return Invalid("total", Texts.Of($"total is required and must be from 0 to {MaxTotal}.", $"total 必填，且必须在 0 到 {MaxTotal} 之间。"));

        var operationId = "set:" + Guid.CreateVersion7(time.GetUtcNow()).ToString();
        var (decision, item) = await writers.ExecuteAsync(new SetTotalCommand(productId, operationId, body.Total.Value));
        return decision is StockDecision.BelowReserved below
            ? Problems.Of(StatusCodes.Status409Conflict, "BELOW_RESERVED", Texts.Of($"Orders hold {below.Reserved} units of this product.", $"该商品有 {below.Reserved} 件已被订单占用。"), new Dictionary<string, object?> { ["reserved"] = below.Reserved })
            : Found(item);
    }

    private static bool IsProductId(string productId) => productId.Length is > 0 and <= MaxProductIdLength && !productId.Any(character => char.IsControl(character) || character == '/');

    private static Ok<ApiResponse<StockView>> Found(StockItem item) => TypedResults.Ok(new ApiResponse<StockView>("OK", StockView.Of(item)));

    private static ProblemHttpResult NotFound(string productId) => Problems.Of(
        StatusCodes.Status404NotFound, "PRODUCT_NOT_FOUND", Texts.Of("There is no such product.", "商品不存在。"), new Dictionary<string, object?> { ["productId"] = productId });

    private static ProblemHttpResult Invalid(string field, string message) => Problems.Validation(new Dictionary<string, string[]> { [field] = [message] });
}
