using InventoryApp.Domain;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Messaging;

namespace InventoryApp.Deductions;

/// <summary>Between the messages of the contract and the commands of the domain.</summary>
internal static class DeductionMessages
{
    /// <summary>Why this message can never be handled; null when it can.</summary>
    public static string? Refusal(InventoryDeductionMessage message)
    {
        if (!Enum.IsDefined(message.Operation)) return "operation is unknown";
        if (!ResourceName.IsValid(message.OrderId)) return "orderId is missing or no id";
        if (!ResourceName.IsValid(message.ProductId)) return "productId is missing or no id";
        if (message.Line is < 1 or > StockLimits.MaxLine) return "line is out of range";
        if (message.Quantity is < 1 or > StockLimits.MaxQuantity) return "quantity is out of range";
        if (message.CorrelationId is { } correlation && !ResourceName.IsValid(correlation)) return "correlationId is no id";
        return message.IdempotencyKey == EventIds.Operation(message.OrderId, message.Line, message.Operation) ? null : "idempotencyKey is missing or does not belong to this operation";
    }

    /// <summary>The command that a valid message asks for.</summary>
    public static LineCommand Command(InventoryDeductionMessage message) =>
        new(message.ProductId, message.OrderId, message.Line, Kind(message.Operation), message.Quantity);

    /// <summary>The event that reports a recorded operation to whoever asked for it; those of one correlation stay together.</summary>
    public static OutgoingEvent Result(InventoryDeductionMessage message, StockOperation operation) => OutgoingEvent.Of(
        EventIds.Result(operation.OperationId),
        message.CorrelationId ?? message.OrderId,
        new InventoryDeductionResult
        {
            Operation = message.Operation,
            OrderId = message.OrderId,
            Line = message.Line,
            ProductId = message.ProductId,
            Quantity = checked((int)operation.Quantity),
            Success = operation.Success,
            Code = operation.Outcome,
            Error = operation.Success ? null : Text(operation.Outcome),
            AvailableStock = operation.AvailableAfter,
            CorrelationId = message.CorrelationId,
            Timestamp = operation.Time,
        },
        ContractsJson.Default.InventoryDeductionResult);

    private static OperationKind Kind(StockOperationKind operation) => operation switch
    {
        StockOperationKind.Deduct => OperationKind.Deduct,
        StockOperationKind.Restore => OperationKind.Restore,
        StockOperationKind.Ship => OperationKind.Ship,
        StockOperationKind.Return => OperationKind.Return,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Not an operation on an order line."),
    };

    private static string Text(string outcome) => outcome switch
    {
        Outcome.OutOfStock => "There are not enough units.",
        Outcome.UnknownProduct => "The product does not exist.",
        Outcome.Fenced => "The line was released before it was deducted.",
        Outcome.NotHeld => "The line holds nothing.",
        Outcome.AlreadyShipped => "The line was shipped.",
        Outcome.NotShipped => "The line was not shipped.",
        _ => outcome,
    };
}
