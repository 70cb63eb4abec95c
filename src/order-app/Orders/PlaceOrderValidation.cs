using System.Collections.Immutable;
using System.Xml;
using OrderApp.Domain;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Http;

namespace OrderApp.Orders;

/// <summary>Checks a request and normalizes it.</summary>
internal static class PlaceOrderValidation
{
    private static readonly TimeSpan MinDeadline = TimeSpan.FromMinutes(1);

    // Of all lines of a product together, as the contract allows for one operation.
    private const int MaxProductQuantity = 1_000_000;

    /// <summary>The order, or what is wrong by field name.</summary>
    public static (PlacedOrder? Order, Dictionary<string, string[]> Errors) Check(PlaceOrderRequest request, TimeSpan maxDeadline)
    {
        var errors = new Dictionary<string, string[]>();
        CheckId(errors, "userId", request.UserId);
        if (request.Remark?.EnumerateRunes().Count() > PlaceOrderRequest.MaxRemark) errors["remark"] = [Texts.Of($"remark must have at most {PlaceOrderRequest.MaxRemark} characters.", $"remark 最多 {PlaceOrderRequest.MaxRemark} 个字符。")];
        else if (request.Remark?.Contains('\0', StringComparison.Ordinal) == true) errors["remark"] = [Texts.Of("remark must not contain NUL.", "remark 不能包含 NUL 字符。")];

        var deadline = request.PaymentDeadline is null ? null : Duration(request.PaymentDeadline);
        if (request.PaymentDeadline is not null && (deadline is null || deadline < MinDeadline || deadline > maxDeadline))
            errors["paymentDeadline"] = [Texts.Of($"paymentDeadline must be an ISO 8601 duration from PT1M to {XmlConvert.ToString(maxDeadline)}, in whole days, hours, minutes and seconds.", $"paymentDeadline 必须是 PT1M 到 {XmlConvert.ToString(maxDeadline)} 之间的 ISO 8601 时长，以整数天、小时、分钟、秒表示。")];

        List<PlaceOrderLine?> lines;
        if (request.Lines is null)
        {
            CheckLine(errors, "", request.ProductId, request.Quantity, request.Amount);
            lines = [new PlaceOrderLine { ProductId = request.ProductId, Quantity = request.Quantity, Amount = request.Amount }];
        }
        else
        {
            lines = [.. request.Lines];
            if (request.ProductId is not null || request.Quantity is not null || request.Amount is not null)
                errors["lines"] = [Texts.Of("Give either lines or productId, quantity and amount.", "lines 与 productId、quantity、amount 只能二选一。")];
            else if (lines.Count is 0 or > PlaceOrderRequest.MaxLines)
                errors["lines"] = [Texts.Of($"lines must have 1 to {PlaceOrderRequest.MaxLines} entries.", $"lines 必须包含 1 到 {PlaceOrderRequest.MaxLines} 项。")];
            else
                for (var i = 0; i < lines.Count; i++) CheckLine(errors, $"lines[{i}].", lines[i]?.ProductId, lines[i]?.Quantity, lines[i]?.Amount);
        }

        if (errors.Count > 0) return (null, errors);
        // What inventory would not take could be accepted and never be decided.
        foreach (var product in lines.GroupBy(line => line!.ProductId!, StringComparer.Ordinal).Where(product => product.Sum(line => (long)line!.Quantity!.Value) > MaxProductQuantity))
            errors["lines"] = [Texts.Of($"The lines of product {product.Key} must have at most {MaxProductQuantity} units together.", $"商品 {product.Key} 的各行数量合计不得超过 {MaxProductQuantity}。")];
        // Nobody could name the amount of such an order, so nobody could pay it.
        if (lines.Sum(line => line!.Amount!.Value) > AmountConverter.Most) errors["lines"] = [Texts.Of($"The lines must have an amount of at most {AmountConverter.Most} together.", $"各行金额合计不得超过 {AmountConverter.Most}。")];
        if (errors.Count > 0) return (null, errors);
        var merged = lines
            .GroupBy(line => line!.ProductId!, StringComparer.Ordinal)
            .Select((group, index) => new OrderLine(index + 1, group.Key, group.Sum(line => line!.Quantity!.Value), group.Sum(line => line!.Amount!.Value)))
            .ToImmutableArray();
        return (new PlacedOrder(request.UserId!, merged, string.IsNullOrEmpty(request.Remark) ? null : request.Remark, deadline), errors);
    }

    /// <summary>The length of an ISO 8601 duration; null when it is none.</summary>
    private static TimeSpan? Duration(string text)
    {
        try
        {
            // It would pass over spaces.
            return text.Any(char.IsWhiteSpace) ? null : XmlConvert.ToTimeSpan(text);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            return null;
        }
    }

    private static void CheckLine(Dictionary<string, string[]> errors, string prefix, string? productId, int? quantity, decimal? amount)
    {
        CheckId(errors, prefix + "productId", productId);
        if (quantity is null) errors[prefix + "quantity"] = [Required("quantity")];
        else if (quantity is < 1 or > PlaceOrderRequest.MaxQuantity) errors[prefix + "quantity"] = [Texts.Of($"quantity must be from 1 to {PlaceOrderRequest.MaxQuantity}.", $"quantity 必须在 1 到 {PlaceOrderRequest.MaxQuantity} 之间。")];
        if (amount is null) errors[prefix + "amount"] = [Required("amount")];
        else if (amount < AmountConverter.Least) errors[prefix + "amount"] = [AmountConverter.TooSmall()];
    }

    /// <summary>Adds what is wrong with a product or user id.</summary>
    public static void CheckId(Dictionary<string, string[]> errors, string field, string? value)
    {
        var name = field[(field.LastIndexOf('.') + 1)..];
        if (string.IsNullOrWhiteSpace(value)) errors[field] = [Required(name)];
        else if (!ResourceName.IsValid(value)) errors[field] = [Problems.NotAName(name)];
    }

    private static string Required(string name) => Texts.Of($"{name} is required.", $"{name} 不能为空。");
}
