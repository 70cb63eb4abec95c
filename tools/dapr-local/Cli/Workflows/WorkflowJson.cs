using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapr.TaskHub.Protos;

namespace DaprLocal.Cli.Workflows;

/// <summary>Instances as JSON: absent is null, payloads are the texts that the workflow gave.</summary>
internal static class WorkflowJson
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Indented text.</summary>
    public static string Text(JsonObject json) => json.ToJsonString(Readable);

    /// <summary>One instance; payloads are null where they were not asked for.</summary>
    public static JsonObject Of(WorkflowState instance) => new()
    {
        ["id"] = instance.InstanceId,
        ["name"] = instance.Name,
        ["status"] = WorkflowTables.Status(instance),
        ["version"] = instance.Version,
        ["parent"] = instance.ParentInstanceId,
        ["created"] = WorkflowTables.Time(instance.CreatedTimestamp),
        ["started"] = WorkflowTables.Time(instance.StartedAt),
        ["updated"] = WorkflowTables.Time(instance.LastUpdatedTimestamp),
        ["customStatus"] = instance.CustomStatus,
        ["input"] = instance.Input,
        ["output"] = instance.Output,
        ["failure"] = instance.FailureDetails is { } failure ? new JsonObject { ["type"] = failure.ErrorType, ["message"] = failure.ErrorMessage, ["stack"] = failure.StackTrace } : null,
    };
}
