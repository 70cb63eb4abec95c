using System.Globalization;

namespace OrderInventory.Contracts;

/// <summary>
/// CloudEvent ids. All of them follow from what happened, never from when: a repeated publish carries the same id, so
/// that a consumer recognises it.
/// </summary>
public static class EventIds
{
    /// <summary>Id of a command on one line of an order, and the idempotency key of its effect.</summary>
    public static string Operation(string orderId, int line, StockOperationKind operation) =>
        string.Create(CultureInfo.InvariantCulture, $"{orderId}:{line}:{Word(operation)}");

    /// <summary>Id of the message that reports the outcome of the command <paramref name="operationId"/>.</summary>
    public static string Result(string operationId) => operationId + ":result";

    /// <summary>Id of an order's transition number <paramref name="sequence"/> (1, 2, 3, …).</summary>
    public static string Transition(string orderId, int sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{orderId}:{sequence}");

    /// <summary>Id of the fact that a payment came for an order that was cancelled already.</summary>
    public static string LatePayment(string orderId, string paymentId) => $"{orderId}:late:{paymentId}";

    /// <summary>Id of the operation number <paramref name="sequence"/> (1, 2, 3, …) on a product. Ids of products may have ':'; the number is what follows the last one.</summary>
    public static string StockChange(string productId, long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{productId}:{sequence}");

    private static string Word(StockOperationKind operation) => operation switch
    {
        StockOperationKind.Deduct => "deduct",
        StockOperationKind.Restore => "restore",
        StockOperationKind.Ship => "ship",
        StockOperationKind.Return => "return",
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Not an operation on an order line."),
    };
}
