using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Dapr.Client.Autogen.Grpc.v1;
using DaprLocal.Api;
using DaprLocal.Grpc;
using Google.Protobuf;

namespace DaprLocal.Http;

/// <summary>The management of workflows over HTTP: inputs and events are the bodies as they are, answers are proto-JSON.</summary>
internal sealed class WorkflowRoutes(WorkflowApi? workflows)
{
    private static readonly byte[] Nothing = "{}"u8.ToArray();

    /// <summary>The handler of a route below <c>workflows/COMPONENT/</c>; null when daprd has none either.</summary>
    public Func<HttpCall, Task>? Find(string method, string[] path)
    {
        if (workflows is null) return null;
        return (method, path) switch
        {
            ("POST", [var name, "start"]) => call => StartAsync(workflows, call, name),
            ("GET", [var id]) => call => GetAsync(workflows, call, id),
            ("POST", [var id, "raiseEvent", var name]) => call => RaiseAsync(workflows, call, id, name),
            ("POST", [var id, "pause"]) => call => CommandAsync(call, () => workflows.PauseAsync(id, call.Aborted)),
            ("POST", [var id, "resume"]) => call => CommandAsync(call, () => workflows.ResumeAsync(id, call.Aborted)),
            ("POST", [var id, "terminate"]) => call => CommandAsync(call, () => workflows.TerminateAsync(id, call.Aborted)),
            ("POST", [var id, "purge"]) => call => CommandAsync(call, () => workflows.PurgeAsync(id, call.Aborted)),
            _ => null,
        };
    }

    private static async Task StartAsync(WorkflowApi workflows, HttpCall call, string name)
    {
        var input = await BodyAsync(call);
        if (!Utf8.IsValid(input)) throw new ApiException(WorkflowErrors.InputNotUtf8(name));
        var id = await workflows.StartAsync(name, call.Query("instanceID") ?? "", Encoding.UTF8.GetString(input), null, call.Aborted);
        await call.JsonAsync(Json(new StartWorkflowResponse { InstanceId = id }), StatusCodes.Status202Accepted);
    }

    private static Task GetAsync(WorkflowApi workflows, HttpCall call, string id) =>
        call.JsonAsync(Json(WorkflowMapping.Of(id, workflows.Get(id) ?? throw new ApiException(WorkflowErrors.NotFound(id)))));

    private static async Task RaiseAsync(WorkflowApi workflows, HttpCall call, string id, string name)
    {
        var data = await BodyAsync(call);
        if (!Utf8.IsValid(data)) throw new ApiException(WorkflowErrors.EventNotUtf8(id, name));
        await workflows.RaiseEventAsync(id, name, Encoding.UTF8.GetString(data), call.Aborted);
        await call.JsonAsync(Nothing, StatusCodes.Status202Accepted);
    }

    private static async Task CommandAsync(HttpCall call, Func<Task> command)
    {
        // A body means nothing here, but daprd reads one all the same.
        if (Problem(await BodyAsync(call)) is { } problem) throw new ApiException(ApiErrors.Malformed("failed deserializing HTTP body: proto: syntax error " + problem));
        await command();
        await call.JsonAsync(Nothing, StatusCodes.Status202Accepted);
    }

    private static async Task<byte[]> BodyAsync(HttpCall call) => await call.ReadBodyAsync() ?? throw new ApiException(ApiErrors.Malformed("stream too large"));

    // Text that a JSON object cannot begin with is named as daprd names it; what is wrong further inside only by its place.
    private static string? Problem(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            if (body.IsEmpty) return null;
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return $"(line 1:1): unexpected token {Encoding.UTF8.GetString(body[(int)reader.TokenStartIndex..(int)reader.BytesConsumed])}";
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException error)
        {
            return reader.BytesConsumed == 0
                ? $"(line 1:1): invalid value {Encoding.UTF8.GetString(body).Split(' ')[0]}"
                : $"(line {error.LineNumber + 1}:{error.BytePositionInLine + 1}): unexpected token";
        }
    }

    private static byte[] Json(IMessage message) => Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(message));
}
