namespace OrderInventory.Contracts;

/// <summary>Names of the components and topics that the two apps share; they are part of the contract.</summary>
public static class Topics
{
    /// <summary>Name of the Dapr pub/sub component.</summary>
    public const string PubSub = "pubsub";

    /// <summary>Commands from order-app to inventory-app; key = product id.</summary>
    public const string InventoryDeduction = "inventory-deduction";

    /// <summary>Outcomes of those commands, from inventory-app to order-app; key = correlation id, or order id where there is none.</summary>
    public const string InventoryDeductionResult = "inventory-deduction-result";

    /// <summary>Facts about orders, one for each transition, for anyone; key = order id.</summary>
    public const string OrderEvents = "order-events";

    /// <summary>Status transitions of orders, for anyone; key = order id.</summary>
    public const string OrderStatusChanges = "order-status-changes";

    /// <summary>Recorded operations on stock, for anyone; key = product id. Nothing is on it unless inventory-app is told to publish them.</summary>
    public const string StockChanges = "stock-changes";

    /// <summary>Every topic of the two apps but those for dead letters.</summary>
    public static IReadOnlyList<string> All { get; } = [InventoryDeduction, InventoryDeductionResult, OrderEvents, OrderStatusChanges, StockChanges];

    /// <summary>The dead letter topics of those that the two apps consume; other consumers have their own.</summary>
    public static IReadOnlyList<string> DeadLetters { get; } = [DeadLetter(InventoryDeduction), DeadLetter(InventoryDeductionResult)];

    /// <summary>The topic where what can never be handled from <paramref name="topic"/> ends.</summary>
    public static string DeadLetter(string topic) => topic + ".dlq";
}
