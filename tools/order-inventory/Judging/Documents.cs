using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderInventory.Judging;

/// <summary>The stock of a product, as <c>GET /api/inventory/{productId}</c> shows it.</summary>
internal sealed record StockDocument(string ProductId, long Total, long Available, long Reserved, long Version);

/// <summary>A recorded operation, as <c>GET /api/inventory/{productId}/operations</c> shows it.</summary>
internal sealed record OperationDocument(long Sequence, string OperationId, string? OrderId, int? Line, long Quantity, string Outcome, long AvailableAfter, DateTimeOffset Time)
{
    /// <summary>The product that it is recorded for; where it was read from says so, not the document.</summary>
    [JsonIgnore]
    public string ProductId { get; init; } = "";
}

/// <summary>A line of an order.</summary>
internal sealed record LineDocument(int Line, string ProductId, long Quantity);

/// <summary>A payment of an order.</summary>
internal sealed record PaymentDocument(string PaymentId, bool Late);

/// <summary>An order, as <c>GET /api/orders/{id}</c> shows it; earlier versions show no payments.</summary>
internal sealed record OrderDocument(
    string Id, string UserId, string IdempotencyKey, IReadOnlyList<LineDocument> Lines, string Status, DateTimeOffset CreatedTime, DateTimeOffset? Deadline, int Version, IReadOnlyList<PaymentDocument>? Payments = null);

/// <summary>A transition of an order, as <c>GET /api/orders/{id}/history</c> shows it.</summary>
internal sealed record TransitionDocument(int Sequence, string? OldStatus, string NewStatus);

/// <summary>An order that order-app itself calls stuck (<c>GET /api/orders/stuck</c>).</summary>
internal sealed record StuckDocument(string OrderId, DateTimeOffset Since);

/// <summary>Reads what the judge needs of the documents and passes over the rest.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StockDocument))]
[JsonSerializable(typeof(OperationDocument))]
[JsonSerializable(typeof(OrderDocument))]
[JsonSerializable(typeof(TransitionDocument[]))]
[JsonSerializable(typeof(StuckDocument[]))]
internal sealed partial class DocumentsJson : JsonSerializerContext;
