namespace OrderInventory.Judging;

/// <summary>How a recorded operation moves the balances of its product; all other outcomes move nothing.</summary>
internal static class Outcomes
{
    public const string Held = "HELD";
    public const string Released = "RELEASED";
    public const string Shipped = "SHIPPED";
    public const string Returned = "RETURNED";
    private const string Adjusted = "ADJUSTED";
    private const string Restocked = "RESTOCKED";

    /// <summary>Units that it adds to what exists.</summary>
    public static long Total(OperationDocument operation) => operation.Outcome switch
    {
        Adjusted or Restocked or Returned => operation.Quantity,
        Shipped => -operation.Quantity,
        _ => 0,
    };

    /// <summary>Units that it adds to what orders hold.</summary>
    public static long Reserved(OperationDocument operation) => operation.Outcome switch
    {
        Held => operation.Quantity,
        Released or Shipped => -operation.Quantity,
        _ => 0,
    };

    /// <summary>Units that it adds to what can be ordered.</summary>
    public static long Available(OperationDocument operation) => Total(operation) - Reserved(operation);
}
