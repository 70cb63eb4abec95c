using System.Text.Json;
using System.Text.Json.Serialization;
using OrderApp.Domain;

namespace OrderApp.Storage;

/// <summary>How orders and claims are stored; members that a newer version added are ignored.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Claim))]
internal sealed partial class OrderJson : JsonSerializerContext;
