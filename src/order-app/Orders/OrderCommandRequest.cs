using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults.Http;

namespace OrderApp.Orders;

/// <summary>Body of a command; it may be left out.</summary>
public record OrderCommandRequest
{
    private const int MaxReason = 200;

    /// <summary>Becomes the order's `statusReason`; null for the command's own code.</summary>
    [StringLength(MaxReason, MinimumLength = 1), RegularExpression(PlainText.Pattern)]
    public string? Reason { get; init; }

    /// <summary>What is asked of the order.</summary>
    internal virtual OrderRequest Of(OrderCommand command) => new(command, Reason ?? Reasons.Of(command));

    /// <summary>Adds what is wrong, by field name.</summary>
    internal virtual void Check(Dictionary<string, string[]> errors) => CheckText(errors, "reason", Reason, MaxReason);

    private protected static void CheckText(Dictionary<string, string[]> errors, string field, string? text, int max)
    {
        if (PlainText.Mistake(field, text, max) is { } mistake) errors[field] = [mistake];
    }
}

/// <summary>Body of `pay`; it may be left out.</summary>
public sealed record PayOrderRequest : OrderCommandRequest
{
    private const int MaxPaymentId = 128;

    /// <summary>Names the payment at whoever took the money. The same payment again is answered as before; another one is refused; one that comes after the order was cancelled is recorded as late.</summary>
    [StringLength(MaxPaymentId, MinimumLength = 1), RegularExpression(PlainText.Pattern)]
    public string? PaymentId { get; init; }

    /// <summary>What was paid, as a number or as text; where it is not the amount of the order the payment is refused. Null when it is not known.</summary>
    [JsonConverter(typeof(AmountConverter))]
    public decimal? Amount { get; init; }

    internal override OrderRequest Of(OrderCommand command) =>
        base.Of(command) with { Payment = PaymentId is null && Amount is null ? null : new PaymentReport(PaymentId, Amount) };

    internal override void Check(Dictionary<string, string[]> errors)
    {
        base.Check(errors);
        CheckText(errors, "paymentId", PaymentId, MaxPaymentId);
        if (Amount < AmountConverter.Least) errors["amount"] = [AmountConverter.TooSmall()];
    }
}

/// <summary>Body of `refund`; it may be left out.</summary>
public sealed record RefundOrderRequest : OrderCommandRequest
{
    /// <summary>True when what was shipped has come back and can be sold again. What was never shipped goes back into stock in any case.</summary>
    public bool? Restock { get; init; }

    internal override OrderRequest Of(OrderCommand command) => base.Of(command) with { Restock = Restock == true };
}
