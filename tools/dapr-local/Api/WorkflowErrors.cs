using DaprLocal.Workflows;
using Grpc.Core;

namespace DaprLocal.Api;

/// <summary>The errors of workflow management, as recorded from daprd 1.18.3 (its slips of the pen included).</summary>
internal static class WorkflowErrors
{
    /// <summary>A start without a workflow.</summary>
    public static ApiError NameMissing { get; } = Invalid("ERR_WORKFLOW_NAME_MISSING", "workflow name is not configured");

    /// <summary>An event without a name.</summary>
    public static ApiError EventNameMissing { get; } = Invalid("ERR_WORKFLOW_EVENT_NAME_MISSING", "missing workflow event name");

    /// <summary>No instance id.</summary>
    public static ApiError IdMissing { get; } = Invalid("ERR_INSTANCE_ID_PROVIDED_MISSING", "no instance ID was provided");

    /// <summary>An instance id that a start refuses for its length in bytes.</summary>
    public static ApiError IdTooLong(int limit) => Invalid("ERR_INSTANCE_ID_TOO_LONG", $"workflow instance ID exceeds the max length of {limit} characters");

    /// <summary>An instance id that a start refuses for its characters.</summary>
    public static ApiError IdInvalid(string id) => Invalid("ERR_INSTANCE_ID_INVALID", $"workflow instance ID '{id}' is invalid: only alphanumeric and underscore characters are allowed");

    /// <summary>No such instance.</summary>
    public static ApiError NotFound(string id, string extra = "") =>
        new("ERR_INSTANCE_ID_NOT_FOUND", 404, StatusCode.NotFound, $"unable to find workflow with the provided instance ID: {id}{extra}");

    /// <summary>A start time that is none; the message shows <paramref name="example"/>.</summary>
    public static ApiError StartTimeInvalid(string name, string example) => Failed("ERR_START_WORKFLOW", $"error starting workflow '{name}': start times must be in RFC3339 format (e.g. \"{example}\")");

    /// <summary>An input that is not UTF-8.</summary>
    public static ApiError InputNotUtf8(string name) => StartFailed(name, "failed to marshal CreateWorkflowInstanceRequest: string field contains invalid UTF-8");

    /// <summary>An event's data that are not UTF-8.</summary>
    public static ApiError EventNotUtf8(string id, string name) => RaiseEvent(id, name, "string field contains invalid UTF-8");

    /// <summary>A start that the engine refused.</summary>
    public static ApiError Start(string name, WorkflowFault fault) =>
        StartFailed(name, (fault.Kind == WorkflowFaultKind.AlreadyExists ? "rpc error: code = AlreadyExists desc = " : "") + fault.Message);

    /// <summary>An event that was not taken.</summary>
    public static ApiError RaiseEvent(string id, string name, string problem) =>
        Failed("ERR_RAISE_EVENT_WORKFLOW", $"error raising event on workflow '{id}': failed to raise event {name} on workflow {id}: failed to raise event: {problem}");

    /// <summary>A pause that was refused.</summary>
    public static ApiError Pause(string id, WorkflowFault fault) =>
        Failed("ERR_PAUSE_WORKFLOW", $"error pausing workflow {id}: failed to pause workflow {id}: failed to suspend workflow: {fault.Message}");

    /// <summary>A resume that was refused.</summary>
    public static ApiError Resume(string id, WorkflowFault fault) =>
        Failed("ERR_RESUME_WORKFLOW", $"error resuming workflow {id}: failed to resume workflow {id}: failed to resume workflow: {fault.Message}");

    /// <summary>A termination that was refused.</summary>
    public static ApiError Terminate(string id, WorkflowFault fault)
    {
        var problem = $"failed to submit termination request:: {fault.Message}";
        return fault.Kind == WorkflowFaultKind.NoSuchInstance ? NotFound(id, Extra(problem)) : Failed("ERR_TERMINATE_WORKFLOW", $"error terminating workflow '{id}': failed to terminate workflow {id}: {problem}");
    }

    /// <summary>A purge that was refused.</summary>
    public static ApiError Purge(string id, WorkflowFault fault)
    {
        var problem = $"failed to purge workflow state: {fault.Message}";
        return fault.Kind == WorkflowFaultKind.NoSuchInstance ? NotFound(id, Extra(problem)) : Failed("ERR_PURGE_WORKFLOW", $"error purging workflow {id}: failed to Purge workflow {id}: {problem}");
    }

    private static ApiError StartFailed(string name, string problem) => Failed("ERR_START_WORKFLOW", $"error starting workflow '{name}': unable to start workflow: failed to start workflow: {problem}");

    // What Go's formatter adds when it is given one value too many.
    private static string Extra(string problem) => $"%!(EXTRA *fmt.wrapError={problem})";

    private static ApiError Failed(string code, string message) => new(code, 500, StatusCode.Internal, message);

    private static ApiError Invalid(string code, string message) => new(code, 400, StatusCode.InvalidArgument, message);
}
