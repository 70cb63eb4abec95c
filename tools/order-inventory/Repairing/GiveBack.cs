using System.Text.Json;
using OrderInventory.Contracts;

namespace OrderInventory.Repairing;

/// <summary>A line of an order on one product, as stock operations name it.</summary>
public sealed record HeldLine(string OrderId, int Line, string ProductId);

/// <summary>Units that inventory holds for a line, and that no order owns.</summary>
/// <param name="Of">The line.</param>
/// <param name="Quantity">The units.</param>
/// <param name="HeldSince">When they were held, UTC.</param>
/// <param name="Timestamp">When the order was placed, UTC; that of the hold for an order that does not exist.</param>
public sealed record GiveBack(HeldLine Of, int Quantity, DateTimeOffset HeldSince, DateTimeOffset Timestamp)
{
    /// <summary>Id of the message and of its effect: the same in every repeat, and that of order-app's own RESTORE, so the line is given back once, whoever asks.</summary>
    public string Id => EventIds.Operation(Of.OrderId, Of.Line, StockOperationKind.Restore);

    /// <summary>The message that gives them back. It names no group, so its result changes no order.</summary>
    public InventoryDeductionMessage Message => new()
    {
        Operation = StockOperationKind.Restore,
        OrderId = Of.OrderId,
        Line = Of.Line,
        ProductId = Of.ProductId,
        Quantity = Quantity,
        IdempotencyKey = Id,
        CorrelationId = Of.OrderId,
        Timestamp = Timestamp,
    };

    /// <summary>The message as an event.</summary>
    internal Telling Telling => new(Topics.InventoryDeduction, Id, Of.ProductId, nameof(InventoryDeductionMessage), JsonSerializer.Serialize(Message, ContractsJson.Default.InventoryDeductionMessage));
}

/// <summary>An event to publish.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Id">The CloudEvent's id.</param>
/// <param name="Key">The partition key.</param>
/// <param name="Type">The CloudEvent's type.</param>
/// <param name="Json">The payload.</param>
public sealed record Telling(string Topic, string Id, string Key, string Type, string Json);
