using System.Text.Json;
using System.Text.Json.Serialization;
using OrderApp.Domain;

namespace OrderApp.Storage;

/// <summary>How order-app's documents are stored.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(AgendaPage))]
[JsonSerializable(typeof(AgendaProgress))]
[JsonSerializable(typeof(EarlierWaiting))]
internal sealed partial class OrderJson : JsonSerializerContext;
