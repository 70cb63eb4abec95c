using System.Security.Cryptography;
using System.Text;
using OrderInventory.Contracts;

namespace InventoryApp.Domain;

/// <summary>Something to do to the stock of one product. Its id makes it apply at most once.</summary>
internal abstract record StockCommand(string ProductId, string OperationId)
{
    /// <summary>Whether the command may be carried out on the product as it is, null when there is none; null for always. What is recorded is answered without asking.</summary>
    public Func<StockItem?, bool>? Condition { get; init; }

    /// <summary>The W3C trace parent of whoever asks for it; null without tracing.</summary>
    public string? TraceParent { get; init; }

    /// <summary>True when a message asks for it, which comes again until everything is done; false: a request, which may not.</summary>
    public virtual bool IsRepeated => false;

    /// <summary>Ids of the recorded operations that decide about this command, its own first.</summary>
    public virtual IEnumerable<string> RelevantOperations() => [OperationId];

    /// <summary>Most bytes that recording this command can add to the document.</summary>
    public virtual int MaxBytes => StockOperation.MaxBytes(OperationId, orderId: null);
}

/// <summary>
/// A command on one line of an order. The line is known per product only: which product a line is about is the order's
/// knowledge, and inventory has nothing to check it against.
/// </summary>
internal sealed record LineCommand(string ProductId, string OrderId, int Line, OperationKind Kind, long Quantity)
    : StockCommand(ProductId, IdOf(OrderId, Line, Kind))
{
    public override IEnumerable<string> RelevantOperations() => Kind switch
    {
        OperationKind.Deduct => [OperationId, IdOf(OrderId, Line, OperationKind.Restore)],
        OperationKind.Restore => [OperationId, IdOf(OrderId, Line, OperationKind.Deduct), IdOf(OrderId, Line, OperationKind.Ship)],
        OperationKind.Return => [OperationId, IdOf(OrderId, Line, OperationKind.Ship)],
        _ => [OperationId, IdOf(OrderId, Line, OperationKind.Deduct), IdOf(OrderId, Line, OperationKind.Restore)],
    };

    public override bool IsRepeated => true;

    public override int MaxBytes => StockOperation.MaxBytes(OperationId, OrderId);

    /// <summary>The kinds of operations on a line.</summary>
    public static IReadOnlyList<OperationKind> Kinds { get; } = [OperationKind.Deduct, OperationKind.Restore, OperationKind.Ship, OperationKind.Return];

    /// <summary>Id of the operation <paramref name="kind"/> on a line.</summary>
    public static string IdOf(string orderId, int line, OperationKind kind) => EventIds.Operation(orderId, line, kind switch
    {
        OperationKind.Deduct => StockOperationKind.Deduct,
        OperationKind.Restore => StockOperationKind.Restore,
        OperationKind.Ship => StockOperationKind.Ship,
        OperationKind.Return => StockOperationKind.Return,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not an operation on an order line."),
    });
}

/// <summary>
/// Creates the product if needed and sets its total. <paramref name="IsKeyed"/>: a client may repeat it under its id, so it is recorded
/// also when the total already is what it shall be; repeated later it must not set it again.
/// </summary>
internal sealed record SetTotalCommand(string ProductId, string OperationId, long Total, bool IsKeyed = false) : StockCommand(ProductId, OperationId)
{
    /// <summary>Operation id of the request with idempotency key <paramref name="key"/>.</summary>
    public static string IdOf(string key) => OperationIds.OfKey(key, ":total");

    /// <summary>Operation id of a request without a key.</summary>
    public static string NewId(TimeProvider time) => "set:" + Guid.CreateVersion7(time.GetUtcNow());
}

/// <summary>Moves the total of an existing product by <paramref name="Quantity"/>: RESTOCK adds units, ADJUST adds or takes some.</summary>
internal sealed record ChangeTotalCommand(string ProductId, string OperationId, OperationKind Kind, long Quantity) : StockCommand(ProductId, OperationId)
{
    /// <summary>Operation id of the request with idempotency key <paramref name="key"/>; no operation on an order line ends like it.</summary>
    public static string IdOf(string key) => OperationIds.OfKey(key, ":request");
}

/// <summary>Ids of operations that clients ask for.</summary>
internal static class OperationIds
{
    // What fits into a state key whatever its characters are. Of a longer key the id has the hash.
    private const int MaxKey = 128;

    public static string OfKey(string key, string suffix) => (key.Length <= MaxKey ? key : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)))) + suffix;
}
