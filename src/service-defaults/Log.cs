using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace OrderInventory.ServiceDefaults;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "A save of {Count} values was not acknowledged ({Status}: {Detail}); its effect is read back")]
    public static partial void SaveNotAcknowledged(ILogger logger, int count, StatusCode status, string detail);

    [LoggerMessage(2, LogLevel.Warning, "{Method} {Path} failed: a dependency is unavailable")]
    public static partial void DependencyUnavailable(ILogger logger, string method, string path, Exception error);

    [LoggerMessage(3, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void Unhandled(ILogger logger, string method, string path, Exception error);

    [LoggerMessage(4, LogLevel.Warning, "APP_API_TOKEN is not set: event deliveries are accepted from every caller on this machine")]
    public static partial void NoAppToken(ILogger logger);

    [LoggerMessage(5, LogLevel.Error, "A message on {Topic} can never be handled and went to its dead letter topic: {Reason}")]
    public static partial void DeadLettered(ILogger logger, string topic, string reason);

    [LoggerMessage(6, LogLevel.Warning, "A message on {Topic} could not be handled now and is asked for again")]
    public static partial void Redelivered(ILogger logger, string topic, Exception error);

    [LoggerMessage(7, LogLevel.Error, "Dead letter {Id} of {Topic} waits for an operator")]
    public static partial void DeadLetterRecorded(ILogger logger, string id, string topic);

    [LoggerMessage(8, LogLevel.Information, "Dead letter {Id} was published to {Topic} again by {By}")]
    public static partial void DeadLetterReplayed(ILogger logger, string id, string topic, string by);

    [LoggerMessage(9, LogLevel.Warning, "{Count} events could not be published to {Topic} and have to be published again: {Error}")]
    public static partial void NotPublished(ILogger logger, string topic, int count, string error);

    [LoggerMessage(10, LogLevel.Warning, "{Count} events may not be published to {Topic} and have to be published again")]
    public static partial void BulkNotPublished(ILogger logger, string topic, int count, Exception error);

    [LoggerMessage(11, LogLevel.Information, "Dead letter {Id} of {Topic} was dismissed by {By}: {Reason}")]
    public static partial void DeadLetterDismissed(ILogger logger, string id, string topic, string by, string reason);
}
