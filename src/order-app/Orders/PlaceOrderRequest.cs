using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Http;

namespace OrderApp.Orders;

/// <summary>
/// What is ordered: either `productId`, `quantity` and `amount`, or `lines`.
/// </summary>
public sealed record PlaceOrderRequest
{
    /// <summary>Most lines of an order.</summary>
    internal const int MaxLines = 50;

    /// <summary>Most units of a line.</summary>
    internal const int MaxQuantity = 100_000;

    /// <summary>Most characters of a note.</summary>
    internal const int MaxRemark = 500;

    /// <summary>Who orders. Where this app asks for tokens it may be left out, and is the user of the token.</summary>
    [Required, StringLength(ResourceName.MaxLength, MinimumLength = 1), RegularExpression(ResourceName.Pattern)]
    public string? UserId { get; init; }

    /// <summary>The product.</summary>
    [StringLength(ResourceName.MaxLength, MinimumLength = 1), RegularExpression(ResourceName.Pattern)]
    public string? ProductId { get; init; }

    /// <summary>Units.</summary>
    [Range(1, MaxQuantity)]
    public int? Quantity { get; init; }

    /// <summary>Price of all units together: at most 18 digits before and 2 after the point, as a number or as text.</summary>
    [JsonConverter(typeof(AmountConverter))]
    public decimal? Amount { get; init; }

    /// <summary>Several products in one order, all or nothing. Lines of one product are merged, and have at most 1 000 000 units together. The amounts of all lines have at most 18 digits before the point together.</summary>
    [Length(1, MaxLines)]
    public IReadOnlyList<PlaceOrderLine?>? Lines { get; init; }

    /// <summary>A note.</summary>
    [MaxLength(MaxRemark), RegularExpression(@"^[^\x00]*$")]
    public string? Remark { get; init; }

    /// <summary>How long the order may stay CONFIRMED before it is cancelled unpaid: an ISO 8601 duration from a minute to what this app allows, 7 days unless it says otherwise. Also one of several units, as PT1H30M. Null for the app's own deadline.</summary>
    [RegularExpression("^P([1-7]D|T([1-9]|[1-9][0-9]|1[0-5][0-9])H|T[1-9][0-9]{0,3}M)$")]
    public string? PaymentDeadline { get; init; }

    /// <summary>Same as the header Idempotency-Key, for clients that cannot send headers.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>One product of an order.</summary>
public sealed record PlaceOrderLine
{
    /// <summary>The product.</summary>
    [Required, StringLength(ResourceName.MaxLength, MinimumLength = 1), RegularExpression(ResourceName.Pattern)]
    public string? ProductId { get; init; }

    /// <summary>Units.</summary>
    [Required, Range(1, PlaceOrderRequest.MaxQuantity)]
    public int? Quantity { get; init; }

    /// <summary>Price of the whole line: at most 18 digits before and 2 after the point, as a number or as text.</summary>
    [Required, JsonConverter(typeof(AmountConverter))]
    public decimal? Amount { get; init; }
}
