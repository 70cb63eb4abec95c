namespace OrderApp.Domain;

/// <summary>
/// Codes of why an order is in its status, beside inventory's own (OUT_OF_STOCK, UNKNOWN_PRODUCT). A client may give
/// another reason with its command.
/// </summary>
internal static class Reasons
{
    public const string CancelRequested = "CANCEL_REQUESTED";
    public const string RefundRequested = "REFUND_REQUESTED";

    /// <summary>Nobody paid before the deadline.</summary>
    public const string PaymentOverdue = "PAYMENT_OVERDUE";

    /// <summary>The code of a command whose client gave none; null when the command explains itself.</summary>
    public static string? Of(OrderCommand command) => command switch
    {
        OrderCommand.Cancel => CancelRequested,
        OrderCommand.Refund => RefundRequested,
        _ => null,
    };

    /// <summary>True for a code of this system, false for a client's own words.</summary>
    public static bool IsCode(string reason) => reason is CancelRequested or RefundRequested or PaymentOverdue or "OUT_OF_STOCK" or "UNKNOWN_PRODUCT" or "FENCED";
}
