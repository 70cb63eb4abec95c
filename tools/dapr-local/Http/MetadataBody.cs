using System.Text.Json;
using System.Text.Json.Serialization;
using DaprLocal.Api;

namespace DaprLocal.Http;

/// <summary>Metadata as JSON.</summary>
internal static class MetadataBody
{
    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The body of a metadata.</summary>
    public static ReadOnlyMemory<byte> Of(MetadataApi metadata) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            id = metadata.Options.AppId,
            runtimeVersion = MetadataApi.RuntimeVersion,
            components = OrNull(metadata.Components.Select(component => new { name = component.Name, type = component.Type, version = component.Version, capabilities = component.Capabilities })),
            extended = metadata.Extended,
            subscriptions = OrNull(metadata.Subscriptions.Select(subscription => new
            {
                pubsubname = subscription.PubsubName,
                topic = subscription.Topic,
                metadata = subscription.Metadata.Count > 0 ? subscription.Metadata : null,
                rules = new[] { new { path = subscription.Path } },
                deadLetterTopic = subscription.DeadLetterTopic ?? "",
                type = "PROGRAMMATIC",
            })),
            appConnectionProperties = new { port = metadata.Options.AppPort, protocol = "http", channelAddress = metadata.Options.AppChannelAddress },
            actorRuntime = new { runtimeStatus = "RUNNING", hostReady = metadata.IsHostReady, placement = metadata.Placement },
        },
        WithoutNulls);

    private static T[]? OrNull<T>(IEnumerable<T> items) => items.ToArray() is { Length: > 0 } array ? array : null;
}
