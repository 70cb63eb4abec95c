using System.Globalization;
using OrderInventory.Judging;

namespace OrderInventory.Web.Products;

/// <summary>The stock of a product as <c>GET /api/inventory/{productId}</c> shows it.</summary>
public sealed record ShownStock(string ProductId, long Total, long Available, long Reserved, long Version);

/// <summary>A product in the list; with <c>ids</c> the list has of each only what is available.</summary>
public sealed record ListedStock(string ProductId, long Available, long? Total, long? Reserved, DateTimeOffset? UpdatedTime);

/// <summary>A recorded stock operation as <c>GET /api/inventory/{productId}/operations</c> shows it.</summary>
public sealed record ShownOperation(long Sequence, string OperationId, string Kind, string? OrderId, int? Line, long Quantity, bool Success, string Outcome, long AvailableAfter, long? ReservedAfter, DateTimeOffset Time)
{
    /// <summary>The product that it is recorded for; where it was read from says so.</summary>
    public string ProductId { get; init; } = "";
}

/// <summary>What a recorded operation did to the balances.</summary>
internal static class StockMoves
{
    /// <summary>Units available before and after it.</summary>
    public static string Available(this ShownOperation operation) => Moved(operation.AvailableAfter, Outcomes.Available(operation.Document()));

    /// <summary>Units available right before it.</summary>
    public static long AvailableBefore(this ShownOperation operation) => operation.AvailableAfter - Outcomes.Available(operation.Document());

    /// <summary>Units reserved before and after it; null where the app does not say.</summary>
    public static string? Reserved(this ShownOperation operation) => operation.ReservedAfter is { } after ? Moved(after, Outcomes.Reserved(operation.Document())) : null;

    /// <summary>As the judges of the audit take it.</summary>
    public static OperationDocument Document(this ShownOperation operation) =>
        new(operation.Sequence, operation.OperationId, operation.OrderId, operation.Line, operation.Quantity, operation.Outcome, operation.AvailableAfter, operation.Time) { ProductId = operation.ProductId };

    /// <summary>A number for people.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Moved(long after, long by) => by == 0 ? $"{Number(after)}, unchanged" : $"{Number(after - by)} → {Number(after)}";
}
