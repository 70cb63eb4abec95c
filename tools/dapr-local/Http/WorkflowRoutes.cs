using System.Text;
using System.Text.Json;
using Dapr.TaskHub.Protos;
using DaprLocal.Api;
using DaprLocal.Workflows;

namespace DaprLocal.Http;

/// <summary>
/// The management of workflows over HTTP: inputs and events are the bodies as they are. The name of a workflow component that
/// callers send means nothing, there is one engine; what is answered does not wait for a turn.
/// </summary>
internal sealed class WorkflowRoutes(WorkflowEngine engine)
{
    private static readonly byte[] Nothing = "{}"u8.ToArray();

    /// <summary>Answers a route below <c>workflows/COMPONENT/</c>; null when there is none.</summary>
    public Task? Handle(HttpCall call, string method, string[] path) => (method, path) switch
    {
        ("POST", [var name, "start"]) => StartAsync(call, name),
        ("GET", [var id]) => call.JsonAsync(Json(engine.Get(id) ?? throw new ApiException(ApiErrors.NoInstance(id)))),
        ("POST", [var id, "raiseEvent", var name]) => CommandAsync(call, "RAISE_EVENT", id, body => engine.RaiseEventAsync(id, name, body, call.Aborted)),
        ("POST", [var id, "pause"]) => CommandAsync(call, "PAUSE", id, _ => engine.SuspendAsync(id, null, wait: false, call.Aborted)),
        ("POST", [var id, "resume"]) => CommandAsync(call, "RESUME", id, _ => engine.ResumeAsync(id, null, wait: false, call.Aborted)),
        ("POST", [var id, "terminate"]) => CommandAsync(call, "TERMINATE", id, _ => engine.TerminateAsync(id, null, recursive: true, wait: false, call.Aborted)),
        ("POST", [var id, "purge"]) => CommandAsync(call, "PURGE", id, _ => engine.PurgeAsync(id, recursive: true, force: false, call.Aborted)),
        _ => null,
    };

    private Task StartAsync(HttpCall call, string name)
    {
        var id = call.Query("instanceID") is { Length: > 0 } given ? given : engine.NewInstanceId();
        return CommandAsync(
            call,
            "START",
            id,
            body => engine.StartAsync(new CreateInstanceRequest { InstanceId = id, Name = name, Input = body }, wait: false, call.Aborted),
            JsonSerializer.SerializeToUtf8Bytes(new { instanceID = id }));
    }

    private static async Task CommandAsync(HttpCall call, string verb, string id, Func<string, Task> command, byte[]? answer = null)
    {
        var body = await call.ReadBodyAsync();
        if (!System.Text.Unicode.Utf8.IsValid(body)) throw new ApiException(ApiErrors.Malformed("the body is not UTF-8"));
        try
        {
            await command(Encoding.UTF8.GetString(body));
        }
        catch (WorkflowFault fault)
        {
            throw new ApiException(ApiErrors.Workflow(verb, id, fault));
        }

        await call.JsonAsync(answer ?? Nothing, StatusCodes.Status202Accepted);
    }

    private static byte[] Json(InstanceRecord record)
    {
        var properties = new (string Name, string? Value)[]
        {
            ("custom_status", record.CustomStatus), ("input", record.Input), ("output", record.Output),
            ("failure.error_type", record.Failure?.ErrorType), ("failure.error_message", record.Failure?.ErrorMessage), ("failure.stack_trace", record.Failure?.StackTrace),
        };
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            instanceID = record.Id,
            workflowName = record.Name,
            createdAt = new DateTime(record.Created, DateTimeKind.Utc),
            lastUpdatedAt = new DateTime(record.Updated, DateTimeKind.Utc),
            runtimeStatus = record.Status.ToString().ToUpperInvariant(),
            properties = properties.Where(property => property.Value is not null).ToDictionary(property => "dapr.workflow." + property.Name, property => property.Value),
        });
    }
}
