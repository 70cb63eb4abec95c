using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderApp.Earlier;

/// <summary>How versions before groups stored what is not an order.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EarlierClaim))]
[JsonSerializable(typeof(EarlierOpenOrders))]
internal sealed partial class EarlierJson : JsonSerializerContext;
