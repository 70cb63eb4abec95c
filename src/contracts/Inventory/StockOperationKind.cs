using System.Text.Json.Serialization;

namespace OrderInventory.Contracts;

/// <summary>What order-app may ask of inventory for one line of an order.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StockOperationKind>))]
public enum StockOperationKind
{
    /// <summary>Hold the quantity for the line.</summary>
    [JsonStringEnumMemberName("DEDUCT")]
    Deduct = 1,

    /// <summary>Give back what the line holds; when it holds nothing yet, fence the line so that a later DEDUCT is refused.</summary>
    [JsonStringEnumMemberName("RESTORE")]
    Restore,

    /// <summary>The held goods left: total and reserved go down.</summary>
    [JsonStringEnumMemberName("SHIP")]
    Ship,

    /// <summary>The goods that left came back and can be sold again: total and available go up.</summary>
    [JsonStringEnumMemberName("RETURN")]
    Return,
}
