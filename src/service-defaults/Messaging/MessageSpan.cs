using System.Diagnostics;
using System.Text.Json;

namespace OrderInventory.ServiceDefaults.Messaging;

/// <summary>
/// Spans of single messages. A batch mixes messages of many traces: each gets a span in its own, which links to the request
/// that brought the batch.
/// </summary>
internal static class MessageSpan
{
    private static readonly ActivitySource Source = new(ServiceDefaults.TelemetryName);

    /// <summary>Starts the span of a CloudEvent without making it current; null when nobody listens.</summary>
    public static Activity? Start(string topic, JsonElement cloudEvent)
    {
        var delivery = Activity.Current;
        ActivityContext.TryParse(Text(cloudEvent, "traceparent"), Text(cloudEvent, "tracestate"), isRemote: true, out var parent);
        var span = Source.StartActivity("process " + topic, ActivityKind.Consumer, parent, links: delivery is null ? null : [new ActivityLink(delivery.Context)]);
        Activity.Current = delivery;
        span?.SetTag("messaging.system", "dapr").SetTag("messaging.operation.name", "process").SetTag("messaging.destination.name", topic).SetTag("messaging.message.id", Text(cloudEvent, "id"));
        return span;
    }

    /// <summary>Ends the span; a message that is not done is delivered again.</summary>
    public static void End(Activity? span, bool done)
    {
        if (!done) span?.SetStatus(ActivityStatusCode.Error, "to be delivered again");
        span?.Dispose();
    }

    private static string? Text(JsonElement cloudEvent, string attribute) =>
        cloudEvent.TryGetProperty(attribute, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
