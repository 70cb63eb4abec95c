using System.Globalization;
using InventoryApp.Domain;
using InventoryApp.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Description;
using OrderInventory.ServiceDefaults.Http;

namespace InventoryApp.Stock;

/// <summary>The lists of the HTTP API. A cursor names a place that stays valid whatever is recorded or created meanwhile.</summary>
internal static class StockLists
{
    private const int MaxLimit = 200;
    private const int DefaultLimit = 50;
    private const int MaxIds = 100;

    public static void MapStockLists(this IEndpointRouteBuilder routes)
    {
        var lists = routes.MapGroup("/api/inventory").WithTags("Inventory").RequireRateLimiting(Shedding.Policy).AddEndpointFilter(StockProblems.CatchDamageAsync);
        lists.MapGet("", ListProductsAsync).Allow(AccessRule.Caller)
            .WithName("ListStock").WithSummary("All products, oldest first, or what is available of some")
            .WithDescription("Products that are created meanwhile come at the end. With `ids` these products alone, in this order, on one page, and of each only what is available; products that do not exist are left out, and `limit` and `cursor` say nothing. What is stored of a product that is in `damaged` has to be repaired; it hides no other.")
            .With(StockDocument.Ids(MaxIds))
            .WithPages(DefaultLimit, MaxLimit, @"^[0-9]{1,9}\.[0-9]{1,9}$");
        lists.MapGet("/{productId}/operations", ListOperationsAsync).Allow(AccessRule.Stock)
            .WithName("ListOperations").WithSummary("The recorded operations of a product, newest first").WithDescription("Refused operations of orders, too. With `orderLine` only those that this line of an order asked for, on one page, however many others there are; `limit` and `cursor` say nothing then. For staff, because they name the orders of everybody.")
            .With(StockDocument.Product).With(StockDocument.OrderLine).WithPages(DefaultLimit, MaxLimit, "^[1-9][0-9]{0,17}$")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<StockList>, ProblemHttpResult>> ListProductsAsync(
        string? ids, string? limit, string? cursor, ProductIndex index, StockStore store, StockDamage damage, CancellationToken cancellationToken)
    {
        if (Limit(limit) is not { } count) return InvalidLimit();
        if (Position(cursor) is not { } start) return InvalidCursor();
        if (ids is not null) return await ListAvailableAsync(ids, store, damage, cancellationToken);
        var (productIds, next) = await index.ReadAsync(start, count, cancellationToken);
        var (items, damaged) = await ReadAsync(productIds, store, damage, cancellationToken);
        // An entry counts if the document names it: others were left behind by a creation that did not finish.
        var listed = items.Where((item, i) => item?.Listed == start with { Entry = start.Entry + i });
        return TypedResults.Ok(new StockList([.. listed.Select(item => StockListing.Of(item!))], next is { } place ? Cursor(place) : null, damaged));
    }

    private static async Task<Results<Ok<StockList>, ProblemHttpResult>> ListAvailableAsync(string ids, StockStore store, StockDamage damage, CancellationToken cancellationToken)
    {
        var productIds = ids.Split(',').Distinct(StringComparer.Ordinal).ToArray();
        if (productIds.Length > MaxIds || !productIds.All(ResourceName.IsValid))
            return StockProblems.Invalid("ids", Texts.Of($"ids must be 1 to {MaxIds} product ids with commas between them.", $"ids 必须是 1 到 {MaxIds} 个以逗号分隔的商品 ID。"));
        var (items, damaged) = await ReadAsync(productIds, store, damage, cancellationToken);
        return TypedResults.Ok(new StockList([.. items.OfType<StockItem>().Where(item => item.Defined).Select(StockListing.AvailabilityOf)], null, damaged));
    }

    /// <summary>What is stored of each product, null where that is nothing or damaged; and those that are damaged, which must not hide the others.</summary>
    private static async Task<(StockItem?[] Items, IReadOnlyList<string> Damaged)> ReadAsync(IReadOnlyList<string> productIds, StockStore store, StockDamage damage, CancellationToken cancellationToken)
    {
        var entries = await store.ReadManyAsync(productIds, cancellationToken);
        var damaged = new List<string>();
        return ([.. productIds.Select(Read)], damaged);

        StockItem? Read(string productId)
        {
            try
            {
                return StockStore.Parse(productId, entries[productId]);
            }
            catch (StockDamagedException error)
            {
                damage.Report(error);
                damaged.Add(productId);
                return null;
            }
        }
    }

    private static async Task<Results<Ok<ApiList<OperationView>>, ProblemHttpResult>> ListOperationsAsync(
        string productId, string? orderLine, string? limit, string? cursor, StockStore store, OperationArchive archive, CancellationToken cancellationToken)
    {
        if (Limit(limit) is not { } count) return InvalidLimit();
        if (Before(cursor) is not { } before) return InvalidCursor();
        var line = orderLine is null ? null : Line(orderLine);
        if (orderLine is not null && line is null) return StockProblems.Invalid("orderLine", Texts.Of($"orderLine must be the id of an order, ':' and a number from 1 to {StockLimits.MaxLine}.", $"orderLine 必须是订单 ID、“:”和 1 到 {StockLimits.MaxLine} 的行号。"));
        var item = ResourceName.IsValid(productId) ? await store.ReadAsync(productId, cancellationToken) : null;
        if (item is null) return StockProblems.NotFound(productId);
        if (line is { } only) return TypedResults.Ok(new ApiList<OperationView>([.. (await archive.OfLineAsync(item, only.OrderId, only.Line, cancellationToken)).Select(OperationView.Of)], null));
        var operations = await archive.ListAsync(item, before, count, cancellationToken);
        var next = operations.Count > 0 && operations[^1].Sequence > 1 ? operations[^1].Sequence.ToString(CultureInfo.InvariantCulture) : null;
        return TypedResults.Ok(new ApiList<OperationView>([.. operations.Select(OperationView.Of)], next));
    }

    // As operation ids begin: the order's id may have ':' in it.
    private static (string OrderId, int Line)? Line(string text)
    {
        var end = text.LastIndexOf(':');
        return end > 0 && ResourceName.IsValid(text[..end]) && !text[end..].StartsWith(":0", StringComparison.Ordinal) && int.TryParse(text[(end + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var line) && line <= StockLimits.MaxLine
            ? (text[..end], line)
            : null;
    }

    private static int? Limit(string? text) =>
        text is null ? DefaultLimit : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit ? limit : null;

    // The number of the operation that the page before ended with.
    private static long? Before(string? cursor) =>
        cursor is null ? long.MaxValue : long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var before) && before > 0 ? before : null;

    private static string Cursor(IndexPosition place) => string.Create(CultureInfo.InvariantCulture, $"{place.Page}.{place.Entry}");

    private static IndexPosition? Position(string? cursor)
    {
        if (cursor is null) return new IndexPosition(0, 0);
        return cursor.Split('.') is [var page, var entry]
            && int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var pageNumber)
            && int.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out var entryNumber)
            ? new IndexPosition(pageNumber, entryNumber)
            : null;
    }

    private static ProblemHttpResult InvalidLimit() => StockProblems.Invalid("limit", Texts.Of($"limit must be from 1 to {MaxLimit}.", $"limit 必须在 1 到 {MaxLimit} 之间。"));

    private static ProblemHttpResult InvalidCursor() => StockProblems.Invalid("cursor", Texts.Of("cursor must be one that this list returned.", "cursor 必须是本列表返回的值。"));
}
