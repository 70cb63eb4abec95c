using System.Text.Json.Serialization;
using OrderInventory.ServiceDefaults.Http;

namespace OrderApp.Orders;

/// <summary>
/// Body of POST /api/orders: either <c>productId</c>, <c>quantity</c> and <c>amount</c>, or <c>lines</c>. Members are
/// nullable so that a missing one can be named.
/// </summary>
public sealed record PlaceOrderRequest
{
    /// <summary>Who orders; 1 to 128 characters, required.</summary>
    public string? UserId { get; init; }

    /// <summary>The product; 1 to 128 characters.</summary>
    public string? ProductId { get; init; }

    /// <summary>Units, 1 to 100 000.</summary>
    public int? Quantity { get; init; }

    /// <summary>Price of all units together, from 0.01: at most 18 digits before and 2 after the point, as a number or as text.</summary>
    [JsonConverter(typeof(AmountConverter))]
    public decimal? Amount { get; init; }

    /// <summary>Several products in one order: 1 to 50 lines, all or nothing. Lines of one product are merged.</summary>
    public IReadOnlyList<PlaceOrderLine?>? Lines { get; init; }

    /// <summary>A note, at most 500 characters; null for none.</summary>
    public string? Remark { get; init; }

    /// <summary>Same as the header Idempotency-Key, for clients that cannot send headers.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>One product of an order.</summary>
public sealed record PlaceOrderLine
{
    /// <summary>The product; 1 to 128 characters, required.</summary>
    public string? ProductId { get; init; }

    /// <summary>Units, 1 to 100 000, required.</summary>
    public int? Quantity { get; init; }

    /// <summary>Price of the whole line, from 0.01: at most 18 digits before and 2 after the point, as a number or as text; required.</summary>
    [JsonConverter(typeof(AmountConverter))]
    public decimal? Amount { get; init; }
}
