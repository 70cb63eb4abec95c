using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderInventory.Contracts;

/// <summary>
/// How the messages are written: camelCase, enums as their upper-case words, numbers as numbers. Unknown members are
/// ignored on reading, so that a newer sender can add some; required ones must be there.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(InventoryDeductionMessage))]
[JsonSerializable(typeof(InventoryDeductionResult))]
[JsonSerializable(typeof(StockChange))]
[JsonSerializable(typeof(OrderEvent))]
[JsonSerializable(typeof(OrderStatusChangeMessage))]
public sealed partial class ContractsJson : JsonSerializerContext;
