using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dapr.TaskHub.Protos;
using DaprLocal.Tests.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;

namespace DaprLocal.Tests.Workflows;

/// <summary>Sends recorded requests to a sidecar, by name, and gives their answers as the recordings show them.</summary>
internal sealed partial class GoldenCalls(RunningSidecar sidecar)
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(TypeRegistry.FromMessages(ErrorInfo.Descriptor)));

    // An SDK may also send fields of older protocols.
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));
    private readonly TaskHubSidecarService.TaskHubSidecarServiceClient _hub = new(sidecar.Calls);

    /// <summary>A message as proto-JSON.</summary>
    public static JsonNode Json(IMessage message) => JsonNode.Parse(Formatter.Format(message))!;

    /// <summary>A unary call of the workflow service, or of the Dapr service with <paramref name="isDapr"/>.</summary>
    public async Task<JsonNode> GrpcAsync(string rpc, string request, JsonNode? metadata, DateTime? deadline, bool isDapr)
    {
        var options = new CallOptions(Headers(metadata), deadline);
        object client = isDapr ? sidecar.Grpc : _hub;
        var method = client.GetType().GetMethods()
            .Single(m => m.Name == rpc + "Async" && m.GetParameters() is [_, { ParameterType: var second }] && second == typeof(CallOptions));
        var descriptor = ((IMessage)Activator.CreateInstance(method.GetParameters()[0].ParameterType)!).Descriptor;
        dynamic call = method.Invoke(client, [Parser.Parse(request, descriptor), options])!;
        try
        {
            IMessage response = await call;
            return Json(response);
        }
        catch (RpcException error)
        {
            return Error(error, withDetails: true);
        }
    }

    /// <summary>Opens a stream of work that must not last: how it ended.</summary>
    public async Task<JsonNode> WorkItemsAsync(JsonNode? metadata, DateTime deadline)
    {
        using var call = _hub.GetWorkItems(new GetWorkItemsRequest(), Headers(metadata), deadline);
        try
        {
            return await call.ResponseStream.MoveNext() ? Json(call.ResponseStream.Current) : "the stream ended";
        }
        catch (RpcException error)
        {
            // The recording of streams has no details.
            return Error(error, withDetails: false);
        }
    }

    /// <summary>A call over HTTP: status, content type and body.</summary>
    public async Task<JsonNode> HttpAsync(JsonNode request, Func<string, string> fill)
    {
        var headers = (request["headers"] as JsonObject ?? []).Select(pair => (pair.Key, pair.Value!.GetValue<string>())).ToArray();
        var answer = await sidecar.HttpAsync(request["method"]!.GetValue<string>(), fill(request["path"]!.GetValue<string>()), Body(request["body"]), headers);
        JsonNode body;
        try
        {
            body = JsonNode.Parse(answer.Body)!;
        }
        catch (JsonException)
        {
            body = new JsonObject { ["text"] = answer.Text };
        }

        return new JsonObject { ["status"] = answer.Status, ["headers"] = new JsonObject { ["content-type"] = answer.Headers.GetValueOrDefault("content-type") }, ["body"] = body };
    }

    private static byte[]? Body(JsonNode? body) => body switch
    {
        null => null,
        JsonObject { Count: 1 } text when text["text"] is JsonValue value => Encoding.UTF8.GetBytes(value.GetValue<string>()),
        JsonObject { Count: 1 } bytes when bytes["base64"] is JsonValue value => Convert.FromBase64String(value.GetValue<string>()),
        _ => Encoding.UTF8.GetBytes(GoldenMatcher.Text(body)),
    };

    private static Metadata Headers(JsonNode? metadata)
    {
        var headers = new Metadata();
        foreach (var (name, value) in metadata as JsonObject ?? []) headers.Add(name, value!.GetValue<string>());
        return headers;
    }

    private static JsonObject Error(RpcException error, bool withDetails)
    {
        var result = new JsonObject { ["code"] = Words().Replace(error.StatusCode.ToString(), "_$0").ToUpperInvariant(), ["message"] = error.Status.Detail };
        if (withDetails && error.Trailers.GetValueBytes("grpc-status-details-bin") is { } bytes && Google.Rpc.Status.Parser.ParseFrom(bytes).Details is { Count: > 0 } details)
            result["details"] = new JsonArray([.. details.Select(detail => JsonNode.Parse(Formatter.Format(detail)))]);
        return result;
    }

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Words();
}
