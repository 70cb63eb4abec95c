using System.Text.Json.Serialization;

namespace DaprLocal.PubSub;

/// <summary>How subscriptions are read.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(List<SubscriptionReader.Item>), TypeInfoPropertyName = "ListItem")]
internal sealed partial class SubscriptionJson : JsonSerializerContext;
