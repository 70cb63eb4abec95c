using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using InventoryApp.Domain;
using InventoryApp.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Description;
using OrderInventory.ServiceDefaults.Http;

namespace InventoryApp.Stock;

/// <summary>What was counted, of many products.</summary>
public sealed record SetStocksRequest
{
    /// <summary>Most products of a request.</summary>
    internal const int MaxItems = 500;

    /// <summary>The products. One that is given more than once is refused.</summary>
    [Required, Length(1, MaxItems)]
    public IReadOnlyList<SetStocksItem?>? Items { get; init; }
}

/// <summary>What was counted of one product.</summary>
public sealed record SetStocksItem
{
    /// <summary>The product.</summary>
    [Required, StringLength(ResourceName.MaxLength, MinimumLength = 1), RegularExpression(ResourceName.Pattern)]
    public string? ProductId { get; init; }

    /// <summary>Units that exist, those that orders hold included.</summary>
    [Required, Range(0, StockLimits.MaxTotal)]
    public long? Total { get; init; }
}

/// <summary>What became of one product of a request.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Success">True when its total is as asked for, now or by an earlier request with the same key.</param>
/// <param name="Replayed">True when an earlier request with the same key set it.</param>
/// <param name="Code">Why it was refused, as BELOW_RESERVED; UNAVAILABLE: not known, repeat the request with the same key. Null on success.</param>
/// <param name="Message">The same for people; null on success.</param>
/// <param name="Stock">Its stock; null when it is not known.</param>
public sealed record SetStocksOutcome(string ProductId, bool Success, bool Replayed, string? Code, string? Message, StockView? Stock);

/// <summary>Sets the totals of many products, each for itself.</summary>
internal static class BulkStock
{
    public static void MapBulkStock(this IEndpointRouteBuilder routes) =>
        routes.MapPut("/api/inventory", PutAsync).WithTags("Inventory").RequireRateLimiting(Shedding.Policy).Allow(AccessRule.Stock)
            .WithName("SetStocks").WithSummary("Creates products or sets their totals, up to 500 at once")
            .WithDescription("Each product has an outcome of its own, in the order of the request. A request that is wrong anywhere does nothing. The same key sets each of them once, for ever; without a key they are set each time.")
            .WithIdempotencyKey("counts-1")
            .WithJsonBody<SetStocksRequest>().WithExample("counts", "Two products", """{ "items": [ { "productId": "SAMPLE-BOOK", "total": 500 }, { "productId": "SAMPLE-PEN", "total": 1000 } ] }""");

    private static async Task<Results<Ok<ApiResponse<IReadOnlyList<SetStocksOutcome>>>, ProblemHttpResult>> PutAsync(HttpContext context, StockRounds rounds, StockDamage damage, IOptions<InventoryOptions> options, TimeProvider time)
    {
        var (body, problem) = await JsonBody.ReadAsync<SetStocksRequest>(context.Request);
        if (body is null) return problem!;
        var errors = Check(body);
        var (key, refusal) = IdempotencyKey.Of(context.Request);
        if (key is null && options.Value.RequireIdempotencyKey) refusal ??= IdempotencyKey.Missing(context.Response);
        if (refusal is not null) errors["idempotencyKey"] = [refusal];
        // Each product has an ETag of its own, so a condition on all of them means nothing; passed over, it would protect nothing.
        foreach (var condition in new[] { HeaderNames.IfMatch, HeaderNames.IfNoneMatch }.Where(context.Request.Headers.ContainsKey))
            errors[condition] = [Texts.Of($"{condition} is for one product; set it alone.", $"{condition} 只用于单个商品，请单独设置。")];
        if (errors.Count > 0) return Problems.Validation(errors);

        var id = key is null ? SetTotalCommand.NewId(time) : SetTotalCommand.IdOf(key);
        // Of two totals of one product neither is known to be meant.
        var given = body.Items!.CountBy(item => item!.ProductId!, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var commands = body.Items!.Where(item => given[item!.ProductId!] == 1).Select(item => new SetTotalCommand(item!.ProductId!, id, item.Total!.Value, IsKeyed: key is not null) { TraceParent = Activity.Current?.Id }).ToArray();
        var results = commands.Zip(rounds.Execute(commands)).ToDictionary(pair => pair.First.ProductId, pair => pair.Second, StringComparer.Ordinal);
        var outcomes = await Task.WhenAll(body.Items!.Select(item => results.TryGetValue(item!.ProductId!, out var result) ? OutcomeAsync(item.ProductId!, result, damage) : Task.FromResult(GivenTwice(item.ProductId!))));
        return TypedResults.Ok(new ApiResponse<IReadOnlyList<SetStocksOutcome>>(Texts.Of($"{outcomes.Count(outcome => outcome.Success)} of {outcomes.Length} are set.", $"{outcomes.Length} 个商品中已设置 {outcomes.Count(outcome => outcome.Success)} 个。"), outcomes));
    }

    private static Dictionary<string, string[]> Check(SetStocksRequest body)
    {
        var errors = new Dictionary<string, string[]>();
        if (body.Items is not { Count: > 0 and <= SetStocksRequest.MaxItems } items)
        {
            errors["items"] = [Texts.Of($"items must have 1 to {SetStocksRequest.MaxItems} entries.", $"items 必须包含 1 到 {SetStocksRequest.MaxItems} 项。")];
            return errors;
        }

        for (var i = 0; i < items.Count; i++)
        {
            var (productId, total) = (items[i]?.ProductId, items[i]?.Total);
            if (!ResourceName.IsValid(productId)) errors[$"items[{i}].productId"] = [Problems.NotAName("productId")];
            if (total is not (>= 0 and <= StockLimits.MaxTotal)) errors[$"items[{i}].total"] = [StockProblems.TotalRefusal()];
        }

        return errors;
    }

    private static SetStocksOutcome GivenTwice(string productId) =>
        new(productId, false, false, "GIVEN_TWICE", Texts.Of("This product is in the request more than once; it stays as it was.", "该商品在请求中重复，未作更改。"), null);

    private static async Task<SetStocksOutcome> OutcomeAsync(string productId, Task<StockResult> result, StockDamage damage)
    {
        try
        {
            var (decision, item) = await result;
            var stock = item.Defined ? StockView.Of(item) : null;
            return StockProblems.Of(decision, productId)?.ProblemDetails is { } refused
                ? new SetStocksOutcome(productId, false, false, refused.Title, refused.Detail, stock)
                : new SetStocksOutcome(productId, true, decision is StockDecision.Recorded { IsNew: false }, null, null, stock);
        }
        catch (StockDamagedException error)
        {
            var refused = damage.Report(error).ProblemDetails;
            return new SetStocksOutcome(productId, false, false, refused.Title, refused.Detail, null);
        }
        catch (DependencyUnavailableException)
        {
            return new SetStocksOutcome(productId, false, false, "UNAVAILABLE", Texts.Of("It is not known whether it is set; try again.", "无法确认是否已设置，请重试。"), null);
        }
    }
}
