using System.Text.Json;
using System.Text.Json.Serialization;
using OrderApp.Domain;

namespace OrderApp.Storage;

/// <summary>How order-app's documents are stored; members that a newer version added are ignored.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Claim))]
[JsonSerializable(typeof(OpenOrders))]
[JsonSerializable(typeof(StuckOrders))]
internal sealed partial class OrderJson : JsonSerializerContext;
