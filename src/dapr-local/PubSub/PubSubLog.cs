
namespace DaprLocal.PubSub;

/// <summary>Log messages of pub/sub: ids and counts, never payloads.</summary>
internal static partial class PubSubLog
{
    [LoggerMessage(201, LogLevel.Warning, "The offsets of group {Group} could not be saved; saving is tried again")]
    public static partial void OffsetsNotSaved(ILogger log, string group, Exception error);

    [LoggerMessage(202, LogLevel.Warning, "{AppId} did not take {Topic} {Partition}:{Offset} (HTTP {Status}); it comes again in {Pause}")]
    public static partial void DeliveryFailed(ILogger log, string appId, string topic, int partition, long offset, int status, TimeSpan pause);

    [LoggerMessage(203, LogLevel.Information, "{AppId} does not listen; {Topic} waits for it")]
    public static partial void AppIsDown(ILogger log, string appId, string topic);

    [LoggerMessage(204, LogLevel.Warning, "{Topic} {Partition}:{Offset} goes to the dead letter topic {DeadLetterTopic}")]
    public static partial void DeadLettered(ILogger log, string topic, int partition, long offset, string deadLetterTopic);

    [LoggerMessage(205, LogLevel.Warning, "{AppId} dropped {Topic} {Partition}:{Offset} (HTTP {Status})")]
    public static partial void Dropped(ILogger log, string appId, string topic, int partition, long offset, int status);

    [LoggerMessage(206, LogLevel.Error, "The delivery of {Topic} to {AppId} failed inside the sidecar; it goes on in {Pause}")]
    public static partial void LoopFailed(ILogger log, string topic, string appId, TimeSpan pause, Exception error);

    [LoggerMessage(207, LogLevel.Warning, "{Topic} {Partition}:{Offset} is not a CloudEvent and there is no dead letter topic: {Consequence}")]
    public static partial void NotAnEvent(ILogger log, string topic, int partition, long offset, string consequence);

    [LoggerMessage(208, LogLevel.Warning, "{AppId} subscribes to {Topic} on {PubsubName}, which it has no component for")]
    public static partial void NoComponent(ILogger log, string appId, string topic, string pubsubName);

    [LoggerMessage(209, LogLevel.Warning, "/dapr/subscribe of {AppId} answered HTTP {Status}; it is taken for no subscriptions")]
    public static partial void SubscribeAnswered(ILogger log, string appId, int status);

    [LoggerMessage(210, LogLevel.Information, "{AppId} is served {Count} subscriptions")]
    public static partial void Subscribed(ILogger log, string appId, int count);
}
