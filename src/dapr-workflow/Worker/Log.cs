using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker;

/// <summary>All log entries of the library: ids and counts, never payloads.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "No workflow or activity is registered: this app is a client only and takes no work")]
    public static partial void ClientOnly(this ILogger logger);

    [LoggerMessage(2, LogLevel.Information, "Connected to the sidecar, taking work for {Workflows} workflows and {Activities} activities")]
    public static partial void Connected(this ILogger logger, int workflows, int activities);

    [LoggerMessage(3, LogLevel.Warning, "The sidecar cannot be reached ({Reason}); next attempt in {Delay}")]
    public static partial void Unreachable(this ILogger logger, string reason, TimeSpan delay);

    [LoggerMessage(4, LogLevel.Warning, "The stream of work ended ({Reason}); next attempt in {Delay}")]
    public static partial void StreamEnded(this ILogger logger, string reason, TimeSpan delay);

    [LoggerMessage(5, LogLevel.Debug, "The keep-alive call failed ({Reason})")]
    public static partial void KeepAliveFailed(this ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Warning, "The answer for {Item} was not taken ({Reason}), attempt {Attempt}")]
    public static partial void AckFailed(this ILogger logger, string item, string reason, int attempt);

    [LoggerMessage(7, LogLevel.Error, "The answer for {Item} could not be delivered; the stream is reopened so that the sidecar sends the work again")]
    public static partial void AckGivenUp(this ILogger logger, string item, Exception exception);

    [LoggerMessage(8, LogLevel.Error, "The answer for {Item} is too large for the sidecar ({Size} bytes); a failure is sent instead")]
    public static partial void AckTooLarge(this ILogger logger, string item, int size);

    [LoggerMessage(9, LogLevel.Error, "Workflow instance {InstanceId} failed")]
    public static partial void WorkflowFailed(this ILogger logger, string instanceId, Exception exception);

    [LoggerMessage(10, LogLevel.Error, "Workflow instance {InstanceId}: the code does not fit its history at sequence number {Id}")]
    public static partial void NonDeterministic(this ILogger logger, string instanceId, int id);

    [LoggerMessage(11, LogLevel.Error, "Workflow instance {InstanceId} awaits something that is not durable{What}")]
    public static partial void NonDurableAwait(this ILogger logger, string instanceId, string what);

    [LoggerMessage(12, LogLevel.Warning, "Workflow instance {InstanceId}: the history has no start event")]
    public static partial void NoStart(this ILogger logger, string instanceId);

    [LoggerMessage(13, LogLevel.Warning, "Workflow instance {InstanceId}: an event of an unknown kind is ignored (id {EventId})")]
    public static partial void UnknownEvent(this ILogger logger, string instanceId, int eventId);

    [LoggerMessage(14, LogLevel.Warning, "Activity {Name} of workflow instance {InstanceId} failed (task {TaskId})")]
    public static partial void ActivityFailed(this ILogger logger, string name, string instanceId, int taskId, Exception exception);

    [LoggerMessage(15, LogLevel.Warning, "The sidecar sent a work item of an unknown kind; it is ignored")]
    public static partial void UnknownWorkItem(this ILogger logger);

    [LoggerMessage(16, LogLevel.Warning, "{Count} work items were still running when the app had to stop; the sidecar sends them again")]
    public static partial void StoppedWithWork(this ILogger logger, int count);

    [LoggerMessage(17, LogLevel.Warning, "The name {Name} is registered more than once; the first registration counts")]
    public static partial void DuplicateName(this ILogger logger, string name);

    [LoggerMessage(18, LogLevel.Error, "Work item {Item} could not be handled")]
    public static partial void ItemFailed(this ILogger logger, string item, Exception exception);
}
