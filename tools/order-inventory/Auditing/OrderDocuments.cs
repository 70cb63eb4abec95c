using System.Text.Json;
using OrderInventory.Judging;

namespace OrderInventory.Auditing;

/// <summary>What order-app shows of one order.</summary>
/// <param name="OrderId">Its id.</param>
/// <param name="Order">The order; null when there is none.</param>
/// <param name="Raw">The order as it came; null when there is none.</param>
/// <param name="History">Its transitions; null when there are none.</param>
/// <param name="ByKey">What its key stands for; null when that was not asked.</param>
/// <param name="Lookup">What is wrong with the order's key; null when nothing is, or it may be forgotten already.</param>
internal sealed record OrderDocuments(string OrderId, OrderDocument? Order, JsonElement? Raw, JsonElement? History, JsonElement? ByKey, Finding? Lookup)
{
    /// <summary>Reads it, and what its key stands for when <paramref name="isRemembered"/>.</summary>
    public static async Task<OrderDocuments> ReadAsync(SystemReader system, string orderId, Func<OrderDocument, bool> isRemembered, CancellationToken cancellationToken)
    {
        if (await system.OrderAsync(orderId, cancellationToken) is not { } raw) return new OrderDocuments(orderId, null, null, null, null, null);
        var order = raw.Deserialize(DocumentsJson.Default.OrderDocument)!;
        var history = await system.HistoryAsync(orderId, cancellationToken);
        if (!isRemembered(order)) return new OrderDocuments(orderId, order, raw, history, null, null);
        var byKey = await system.ByKeyAsync(order.UserId, order.IdempotencyKey, cancellationToken);
        var found = byKey is { } list && list.GetArrayLength() > 0 ? list[0].GetProperty("id").GetString() : null;
        return new OrderDocuments(orderId, order, raw, history, byKey, KeyJudge.Lookup(order, found));
    }

    /// <summary>Together with what inventory recorded for it.</summary>
    public OrderFacts Facts(IReadOnlyList<OperationDocument> operations, DateTimeOffset? busySince) =>
        new(OrderId, Order, History?.Deserialize(DocumentsJson.Default.TransitionDocumentArray) ?? [], operations, busySince);

    /// <summary>The documents by name; those of its products only by their names, for the next reading.</summary>
    public IReadOnlyDictionary<string, string> Evidence(IReadOnlyList<(string ProductId, string Json)> operations)
    {
        var evidence = new Dictionary<string, string>
        {
            ["order/" + OrderId] = Raw?.GetRawText() ?? "null",
            ["history"] = History?.GetRawText() ?? "null",
            ["by-key"] = ByKey?.GetRawText() ?? "null",
        };
        foreach (var productId in operations.Select(operation => operation.ProductId).Concat(Order?.Lines.Select(line => line.ProductId) ?? []).Distinct())
            evidence["stock/" + Uri.EscapeDataString(productId)] = $"[{string.Join(",\n", operations.Where(operation => operation.ProductId == productId).Select(operation => operation.Json))}]";
        return evidence;
    }
}
