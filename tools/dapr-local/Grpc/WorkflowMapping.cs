using Dapr.Client.Autogen.Grpc.v1;
using DaprLocal.Workflows;
using Google.Protobuf.WellKnownTypes;
using OrchestrationStatus = Dapr.TaskHub.Protos.OrchestrationStatus;

namespace DaprLocal.Grpc;

/// <summary>An instance in the terms of the management API; its proto-JSON is also the HTTP form.</summary>
internal static class WorkflowMapping
{
    private const string Prefix = "dapr.workflow.";

    /// <summary>The response for an instance; null is a response with only the id.</summary>
    public static GetWorkflowResponse Of(string id, InstanceRecord? record)
    {
        var response = new GetWorkflowResponse { InstanceId = id };
        if (record is null) return response;
        response.RuntimeStatus = Word(record.Status);
        response.CreatedAt = At(0);
        response.LastUpdatedAt = At(0);
        // Before the first turn there is no history, and daprd knows nothing but that.
        if (record.Started is null) return response;
        response.WorkflowName = record.Name;
        response.CreatedAt = At(record.Created);
        response.LastUpdatedAt = At(record.Updated);
        Add(response, "custom_status", record.CustomStatus);
        Add(response, "input", record.Input);
        Add(response, "output", record.Output);
        if (record.Failure is { } failure)
        {
            Add(response, "failure.error_type", failure.ErrorType);
            Add(response, "failure.error_message", failure.ErrorMessage);
            Add(response, "failure.stack_trace", failure.StackTrace ?? "");
        }

        return response;
    }

    private static void Add(GetWorkflowResponse response, string name, string? value)
    {
        if (value is not null) response.Properties.Add(Prefix + name, value);
    }

    private static Timestamp At(long ticks) => Timestamp.FromDateTime(new DateTime(ticks, DateTimeKind.Utc));

    private static string Word(OrchestrationStatus status) => status switch
    {
        OrchestrationStatus.Running => "RUNNING",
        OrchestrationStatus.Completed => "COMPLETED",
        OrchestrationStatus.Failed => "FAILED",
        OrchestrationStatus.Canceled => "CANCELED",
        OrchestrationStatus.Terminated => "TERMINATED",
        OrchestrationStatus.Pending => "PENDING",
        OrchestrationStatus.Suspended => "SUSPENDED",
        // Stalled has no word in this API.
        _ => "UNKNOWN",
    };
}
