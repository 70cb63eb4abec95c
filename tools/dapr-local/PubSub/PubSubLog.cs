
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

    [LoggerMessage(207, LogLevel.Warning, "{Topic} {Partition}:{Offset} is not a CloudEvent or has expired, and there is no dead letter topic: {Consequence}")]
    public static partial void NotDelivered(ILogger log, string topic, int partition, long offset, string consequence);

    [LoggerMessage(209, LogLevel.Warning, "/dapr/subscribe of {AppId} answered HTTP {Status}; it is taken for no subscriptions")]
    public static partial void SubscribeAnswered(ILogger log, string appId, int status);

    [LoggerMessage(210, LogLevel.Information, "{AppId} is served {Count} subscriptions")]
    public static partial void Subscribed(ILogger log, string appId, int count);

    [LoggerMessage(213, LogLevel.Error, "{AppId} is not subscribed to '{Topic}': {Reason}")]
    public static partial void NotSubscribed(ILogger log, string appId, string topic, string reason);

    [LoggerMessage(214, LogLevel.Error, "{AppId} could not consume from {PubsubName}; it is tried again in {Pause}")]
    public static partial void GroupFailed(ILogger log, string appId, string pubsubName, TimeSpan pause, Exception error);

    [LoggerMessage(215, LogLevel.Warning, "Kafka at {Brokers} does not answer; the connection is tried until it does: {Reason}")]
    public static partial void KafkaIsDown(ILogger log, string brokers, string reason);

    [LoggerMessage(216, LogLevel.Information, "Kafka at {Brokers} answers again")]
    public static partial void KafkaIsBack(ILogger log, string brokers);

    [LoggerMessage(217, LogLevel.Warning, "Consuming from Kafka in group {Group} met an error; it goes on: {Reason}")]
    public static partial void ConsumeFailed(ILogger log, string group, string reason);

    [LoggerMessage(218, LogLevel.Information, "Group {Group} serves {Assigned}")]
    public static partial void Assigned(ILogger log, string group, string assigned);

    [LoggerMessage(219, LogLevel.Warning, "Group {Group} gives up {Topic} {Partition} while a delivery is still under way; it will be delivered again")]
    public static partial void GivenUpEarly(ILogger log, string group, string topic, int partition);
}
