using System.Text.Json;
using System.Text.Json.Serialization;
using InventoryApp.Domain;

namespace InventoryApp.Storage;

/// <summary>How stock is stored; members that a newer version added are ignored.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StockItem))]
[JsonSerializable(typeof(StockOperation))]
internal sealed partial class StockJson : JsonSerializerContext;
