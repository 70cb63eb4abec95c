using System.Text.Json;
using System.Text.Json.Serialization;

namespace InventoryApp.Domain;

/// <summary>Kinds of recorded operations.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OperationKind>))]
internal enum OperationKind
{
    /// <summary>Holds units for an order line.</summary>
    [JsonStringEnumMemberName("DEDUCT")]
    Deduct = 1,

    /// <summary>Gives back what a line holds, or fences the line.</summary>
    [JsonStringEnumMemberName("RESTORE")]
    Restore,

    /// <summary>Held units left the warehouse.</summary>
    [JsonStringEnumMemberName("SHIP")]
    Ship,

    /// <summary>The total was set or corrected by hand; the quantity is the signed difference.</summary>
    [JsonStringEnumMemberName("ADJUST")]
    Adjust,

    /// <summary>New units arrived.</summary>
    [JsonStringEnumMemberName("RESTOCK")]
    Restock,

    /// <summary>Shipped units came back.</summary>
    [JsonStringEnumMemberName("RETURN")]
    Return,
}

/// <summary>The words of the kinds outside of documents.</summary>
internal static class OperationKinds
{
    /// <summary>DEDUCT, RESTORE, …</summary>
    public static string Word(this OperationKind kind) => kind.ToString().ToUpperInvariant();
}

/// <summary>What became of an operation; the words are part of the contract.</summary>
internal static class Outcome
{
    public const string Held = "HELD";
    public const string Released = "RELEASED";
    public const string Shipped = "SHIPPED";
    public const string Adjusted = "ADJUSTED";
    public const string Restocked = "RESTOCKED";
    public const string Returned = "RETURNED";

    /// <summary>RESTORE came before DEDUCT: nothing changes, and the DEDUCT will be refused.</summary>
    public const string Fenced = "FENCED";

    /// <summary>RESTORE of a line whose DEDUCT was refused.</summary>
    public const string NothingHeld = "NOTHING_HELD";
    public const string OutOfStock = "OUT_OF_STOCK";
    public const string UnknownProduct = "UNKNOWN_PRODUCT";

    /// <summary>SHIP of a line that holds nothing.</summary>
    public const string NotHeld = "NOT_HELD";

    /// <summary>RESTORE of a line that was shipped.</summary>
    public const string AlreadyShipped = "ALREADY_SHIPPED";

    /// <summary>RETURN of a line that was not shipped.</summary>
    public const string NotShipped = "NOT_SHIPPED";
}

/// <summary>
/// An operation as it was recorded: immutable, the same in the journal and in the archive. Refusals are recorded too, so
/// that a repeated command gets the answer that the first one got.
/// </summary>
internal sealed record StockOperation
{
    public required string OperationId { get; init; }
    public required OperationKind Kind { get; init; }

    /// <summary>The order, or null for an operation that no order asked for.</summary>
    public string? OrderId { get; init; }

    /// <summary>The order's line from 1, or null as above.</summary>
    public int? Line { get; init; }

    /// <summary>Units moved; of a refused operation, the units asked for.</summary>
    public required long Quantity { get; init; }

    /// <summary>The total that was asked for; null unless it was set.</summary>
    public long? Total { get; init; }

    /// <summary>False for a refusal.</summary>
    public required bool Success { get; init; }

    /// <summary>One of <see cref="Domain.Outcome"/>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Units available right after it.</summary>
    public required long AvailableAfter { get; init; }

    /// <summary>Units that orders hold right after it; null when a version recorded it that did not keep this.</summary>
    public long? ReservedAfter { get; init; }

    /// <summary>Number of the operation on its product: 1, 2, 3, … without a gap.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Members that a newer version wrote, kept as they are; null when there are none.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Newer { get; set; }

    // Everything but the ids, each number and the time at its longest.
    private const int FixedBytes = 390;

    /// <summary>Most bytes that an operation with these ids takes in a document, where some characters are escaped to six bytes.</summary>
    public static int MaxBytes(string operationId, string? orderId) => FixedBytes + EscapedBytes(operationId) + EscapedBytes(orderId ?? "");

    /// <summary>Most bytes that an id takes in a document.</summary>
    public static int EscapedBytes(string id) => id.Sum(character => char.IsAsciiLetterOrDigit(character) || character is '-' or ':' ? 1 : 6);
}
