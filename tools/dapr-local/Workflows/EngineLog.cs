namespace DaprLocal.Workflows;

/// <summary>What the workflow engine says.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(LogLevel.Information, "Workflow engine of '{AppId}' opened {Path}: {Instances} instances to go on with, {Activities} activities to run")]
    public static partial void Opened(this ILogger logger, string appId, string path, int instances, int activities);

    [LoggerMessage(LogLevel.Information, "Workflow worker connected ({Workers} now)")]
    public static partial void WorkerConnected(this ILogger logger, int workers);

    [LoggerMessage(LogLevel.Information, "Workflow worker gone ({Workers} left); {Turns} turns and {Activities} activities will be sent again")]
    public static partial void WorkerGone(this ILogger logger, int workers, int turns, int activities);

    [LoggerMessage(LogLevel.Debug, "Ignored an answer for {What} of '{InstanceId}': nothing like that is out")]
    public static partial void StaleAnswer(this ILogger logger, string what, string instanceId);

    [LoggerMessage(LogLevel.Warning, "Workflow '{InstanceId}': a response was discarded and the turn is sent again: {Problem}")]
    public static partial void ResponseRejected(this ILogger logger, string instanceId, string problem);

    [LoggerMessage(LogLevel.Error, "Workflow '{InstanceId}' failed in the sidecar: {Problem}")]
    public static partial void WorkflowRefused(this ILogger logger, string instanceId, string problem);

    [LoggerMessage(LogLevel.Warning, "Workflow '{InstanceId}' is stalled until another worker connects: {Problem}")]
    public static partial void WorkflowStalled(this ILogger logger, string instanceId, string problem);

    [LoggerMessage(LogLevel.Error, "A turn of workflow '{InstanceId}' could not be prepared or saved; it is tried again")]
    public static partial void TurnFailed(this ILogger logger, Exception error, string instanceId);

    [LoggerMessage(LogLevel.Error, "Workflow timers could not be read or saved; they are tried again")]
    public static partial void StoreFailed(this ILogger logger, Exception error);
}
