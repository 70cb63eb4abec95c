using System.Net;
using System.Text.Json;
using OrderInventory.Cli;
using OrderInventory.Judging;
using OrderInventory.Stock;

namespace OrderInventory.Web.Products;

/// <summary>Reads products and what was recorded for them.</summary>
internal sealed class ProductLoader(AppClient inventory)
{
    /// <summary>Operations on a page.</summary>
    public const int MaxOperations = 200;

    private const int PageSize = 50;
    private static readonly Dictionary<string, string> Fields = new() { ["ids"] = "ids", [FormModel.Cursor] = FormModel.Cursor };
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    /// <summary>A page of products. <paramref name="product"/>: the one that was looked for alone, and is not there.</summary>
    public async Task<ProductsModel> ListAsync(string? product, string? ids, string? cursor, CancellationToken cancellationToken)
    {
        if (product is not null && !await ExistsAsync(product, cancellationToken)) return Refused(new Dictionary<string, string> { ["product"] = "There is no product with this id." });
        try
        {
            var page = await inventory.GetAsync(ids is null ? $"/api/inventory?limit={PageSize}{Cursor(cursor)}" : "/api/inventory?ids=" + Uri.EscapeDataString(WithoutSpaces(ids)), cancellationToken);
            var next = page?.GetProperty("nextCursor").GetString();
            // An earlier version has no such member, and shows no list at all then.
            var damaged = page is { } found && found.TryGetProperty("damaged", out var some) ? some.Deserialize<string[]>(Json)! : [];
            var (busy, problem) = ids is null && cursor is null ? await BusyAsync(cancellationToken) : (null, null);
            return new ProductsModel(product, ids, page?.GetProperty("data").Deserialize<ListedStock[]>(Json) ?? [], next is null ? null : "/products?cursor=" + Uri.EscapeDataString(next), damaged) { Busy = busy, BusyProblem = problem };
        }
        catch (RefusedException refused) when (refused.Wrong(Fields) is { } wrong)
        {
            return Refused(wrong);
        }

        ProductsModel Refused(IReadOnlyDictionary<string, string> wrong) => new(product, ids, [], null, []) { Wrong = wrong };
    }

    /// <summary>False when there is certainly no such product, or none can be called so.</summary>
    public async Task<bool> ExistsAsync(string productId, CancellationToken cancellationToken)
    {
        try
        {
            var (stock, damage) = await ReadAsync(Path(productId), cancellationToken);
            return stock is not null || damage is not null;
        }
        catch (RefusedException)
        {
            return false;
        }
        catch (Exception error) when (error is NotAnsweredException or UnauthorizedAccessException)
        {
            // Its page says so.
            return true;
        }
    }

    /// <summary>One product with its newest operations, or those before <paramref name="cursor"/>; null when there is none.</summary>
    public async Task<ProductModel?> LoadAsync(string productId, string? cursor, CancellationToken cancellationToken)
    {
        var path = Path(productId);
        var (stock, damage) = await ReadAsync(path, cancellationToken);
        if (stock is null && damage is null) return null;
        var missing = new List<string>();
        var (operations, older) = await OperationsAsync(productId, path, cursor, missing, cancellationToken);
        return new ProductModel(
            productId,
            stock?.GetProperty("data").Deserialize<ShownStock>(Json),
            damage,
            operations,
            older is null ? null : $"{ProductPages.Address(productId)}?cursor={Uri.EscapeDataString(older)}",
            cursor is null,
            cursor is null && operations is not null ? Holders(operations) : null,
            missing);
    }

    /// <summary>The lines whose units are held and neither given back nor shipped, by these operations, newest first.</summary>
    internal static IReadOnlyList<Holder> Holders(IReadOnlyList<ShownOperation> operations)
    {
        var holders = new Dictionary<(string, int?), Holder>();
        foreach (var operation in operations.Reverse())
        {
            if (operation.OrderId is not { } order) continue;
            if (operation.Outcome == Outcomes.Held) holders[(order, operation.Line)] = new Holder(order, operation.Line, operation.Quantity, operation.Time);
            else if (operation.Outcome is Outcomes.Released or Outcomes.Shipped) holders.Remove((order, operation.Line));
        }

        return [.. holders.Values.OrderBy(holder => holder.Since)];
    }

    private static string Path(string productId) => "/api/inventory/" + Uri.EscapeDataString(productId);

    private static string WithoutSpaces(string ids) => string.Join(',', ids.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static string Cursor(string? cursor) => cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor);

    // Nothing of an earlier version, which does not know; and who may see products need not be allowed to see how the system does.
    private async Task<(IReadOnlyList<BusyProduct>? Busy, string? Problem)> BusyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return ((await inventory.DataAsync("/api/busy-products", cancellationToken))?.Deserialize<BusyProduct[]>(Json), null);
        }
        catch (Exception error) when (error is NotAnsweredException or UnauthorizedAccessException)
        {
            return (null, $"Not shown: busy products. {error.Message}");
        }
    }

    // Who may see a product need not be allowed to see the orders on it, and of a damaged one there may be nothing to read.
    private async Task<(IReadOnlyList<ShownOperation>? Operations, string? Older)> OperationsAsync(string productId, string path, string? cursor, List<string> missing, CancellationToken cancellationToken)
    {
        try
        {
            var (page, damage) = await ReadAsync($"{path}/operations?limit={MaxOperations}{Cursor(cursor)}", cancellationToken);
            if (page is { } found) return ([.. found.GetProperty("data").Deserialize<ShownOperation[]>(Json)!.Select(operation => operation with { ProductId = productId })], found.GetProperty("nextCursor").GetString());
            missing.Add($"Not shown: its operations. {damage?.Says ?? "The app has none of it."}");
        }
        catch (Exception error) when (error is NotAnsweredException or UnauthorizedAccessException)
        {
            missing.Add($"Not shown: its operations. {error.Message}");
        }

        return (null, null);
    }

    /// <summary>The document, or what the app says of damage; neither for 404.</summary>
    private async Task<(JsonElement? Document, Damage? Damage)> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        var answer = await inventory.SendAsync(request, cancellationToken);
        if (answer.IsSuccess) return (answer.Body, null);
        if (answer.Problem.Code == "STOCK_DAMAGED") return (null, new Damage(answer.Refusal!));
        return answer.Status == HttpStatusCode.NotFound ? (null, null) : throw new RefusedException($"{inventory.Name}: {answer.Refusal}");
    }
}
