using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using DaprClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace DaprLocal.Tests.Api;

/// <summary>Repeats recorded steps against a sidecar and tells the first difference of a case.</summary>
internal sealed class GoldenPlayer(int httpPort, CallInvoker calls, Func<TimeSpan, Task> wait, bool isRedis = false)
{
    private static readonly TypeRegistry Details = TypeRegistry.FromMessages(ErrorInfo.Descriptor, ResourceInfo.Descriptor, BadRequest.Descriptor);
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(Details));

    private readonly DaprClient _grpc = new(calls);

    /// <summary>A player against a sidecar of this process, whose clock it moves.</summary>
    public GoldenPlayer(RunningSidecar sidecar, FakeTimeProvider time)
        : this(sidecar.Options.HttpPort, sidecar.Calls, pause => { time.Advance(pause); return Task.CompletedTask; })
    {
    }

    /// <summary>Plays one case; null when every answer is the recorded one.</summary>
    public Task<string?> PlayAsync(JsonNode recorded) => PlayAsync(recorded["steps"]!.AsArray(), NewMatch());

    /// <summary>Plays some steps of a case, whose values <paramref name="match"/> keeps from one part to the next.</summary>
    public async Task<string?> PlayAsync(IEnumerable<JsonNode?> steps, GoldenMatch match)
    {
        var number = 0;
        foreach (var step in steps)
        {
            if (await PlayStepAsync(step!, match) is { } difference) return $"step {number}: {difference}";
            number++;
        }

        return null;
    }

    /// <summary>The values of a new case.</summary>
    public GoldenMatch NewMatch() => new(isRedis);

    private async Task<string?> PlayStepAsync(JsonNode step, GoldenMatch match)
    {
        if (step["waitMs"] is { } pause) await wait(TimeSpan.FromMilliseconds(pause.GetValue<int>()));
        if (step["http"] is { } http) return await HttpAsync(http, step["response"]!, match);
        if (step["grpc"] is { } grpc) return await GrpcAsync(grpc.GetValue<string>(), step, match);
        return null;
    }

    private async Task<string?> HttpAsync(JsonNode request, JsonNode expected, GoldenMatch match)
    {
        var headers = (request["headers"] as JsonObject ?? []).Select(pair => (pair.Key, match.Fill(pair.Value!.GetValue<string>()))).ToArray();
        var body = request.AsObject().ContainsKey("body") ? Body(request["body"], match) : null;
        var answer = await RawHttp.SendAsync(httpPort, request["method"]!.GetValue<string>(), match.Fill(request["path"]!.GetValue<string>()), headers, body);
        var status = expected["status"]!.GetValue<int>();
        if (answer.Status != status) return $"HTTP {answer.Status}, not {status}: {answer.Text[..Math.Min(300, answer.Text.Length)]}";
        var wanted = expected["headers"] as JsonObject ?? [];
        foreach (var name in new[] { "content-type", "etag", "metadata.ttlexpiretime" })
        {
            if (wanted[name] is { } header)
            {
                if (!answer.Headers.TryGetValue(name, out var got)) return $"header {name} is missing";
                if (match.TextDifference(header.GetValue<string>(), got, name) is { } difference) return difference;
            }
            else if (answer.Headers.TryGetValue(name, out var unwanted))
            {
                return $"header {name}: {unwanted} should not be there";
            }
        }

        // Recordings of publishing leave these out; where one has them, they count.
        foreach (var name in new[] { "traceparent", "tracestate", "location", "x-callee" })
        {
            if (wanted[name] is { } header && match.TextDifference(header.GetValue<string>(), answer.Headers.GetValueOrDefault(name, ""), name) is { } difference) return difference;
        }

        if (!expected.AsObject().ContainsKey("body")) return answer.Body.Length == 0 ? null : $"body {answer.Text} should not be there";
        if (expected["body"] is JsonObject { Count: 1 } wrapped && wrapped["text"] is JsonValue text) return match.BodyDifference(match.Fill(text.GetValue<string>()), answer.Text, "body");
        if (expected["body"] is JsonObject { Count: 1 } binary && binary["base64"] is JsonValue base64) return base64.GetValue<string>() == Convert.ToBase64String(answer.Body) ? null : "body has other bytes";
        try
        {
            return match.Difference(match.Fill(expected["body"], isProto: false), JsonNode.Parse(answer.Body), "body");
        }
        catch (System.Text.Json.JsonException)
        {
            return $"body is no JSON: {answer.Text}";
        }
    }

    private async Task<string?> GrpcAsync(string method, JsonNode step, GoldenMatch match)
    {
        var call = typeof(DaprClient).GetMethods().SingleOrDefault(m => m.Name == method + "Async" && m.GetParameters().Length == 2);
        if (call is null) return await ForeignGrpcAsync(method, step, match);
        var requestType = call.GetParameters()[0].ParameterType;
        var descriptor = (MessageDescriptor)requestType.GetProperty("Descriptor")!.GetValue(null)!;
        var request = JsonParser.Default.Parse(match.Fill(step["request"], isProto: true)!.ToJsonString(), descriptor);
        JsonNode? expected = step["error"] ?? step["response"];
        JsonNode? actual;
        try
        {
            var pending = call.Invoke(_grpc, [request, new CallOptions(Metadata(step))])!;
            var task = (Task)pending.GetType().GetProperty("ResponseAsync")!.GetValue(pending)!;
            await task;
            var response = (IMessage)task.GetType().GetProperty("Result")!.GetValue(task)!;
            if (step["error"] is not null) return $"{method} succeeded: {Formatter.Format(response)}";
            actual = JsonNode.Parse(Formatter.Format(response));
        }
        catch (RpcException error)
        {
            if (step["error"] is null) return $"{method} failed: {error.Status}";
            actual = Error(error);
        }

        return match.Difference(match.Fill(expected, isProto: true), actual, method);
    }

    // Methods of other services were recorded with an empty request; an empty answer is an empty message.
    private async Task<string?> ForeignGrpcAsync(string method, JsonNode step, GoldenMatch match)
    {
        var service = method switch { "Check" => "grpc.health.v1.Health", "NoSuchRpc" => "dapr.proto.runtime.v1.Dapr", _ => "TaskHubSidecarService" };
        var bytes = Marshallers.Create<byte[]>(value => value, value => value);
        try
        {
            var answer = await calls.AsyncUnaryCall(new Method<byte[], byte[]>(MethodType.Unary, service, method, bytes, bytes), null, new CallOptions(Metadata(step), TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(2)), []);
            return step["error"] is null && answer.Length == 0 ? null : $"{method} answered {answer.Length} bytes";
        }
        catch (RpcException error)
        {
            return step["error"] is null ? $"{method} failed: {error.Status}" : match.Difference(match.Fill(step["error"], isProto: true), Error(error), method);
        }
    }

    private static Metadata Metadata(JsonNode step)
    {
        var metadata = new Metadata();
        foreach (var (name, value) in step["metadata"] as JsonObject ?? []) metadata.Add(name, value!.GetValue<string>());
        return metadata;
    }

    private static JsonObject Error(RpcException error)
    {
        var result = new JsonObject { ["code"] = Words(error.StatusCode), ["message"] = error.Status.Detail };
        if (error.Trailers.GetValueBytes("grpc-status-details-bin") is { } bytes)
        {
            var details = Google.Rpc.Status.Parser.ParseFrom(bytes).Details.Select(detail => JsonNode.Parse(Formatter.Format(detail))).ToArray();
            if (details.Length > 0) result["details"] = new JsonArray(details);
        }

        return result;
    }

    private static string Words(StatusCode code) => string.Concat(code.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + c : c.ToString())).ToUpperInvariant();

    private static byte[]? Body(JsonNode? body, GoldenMatch match) => body switch
    {
        null => null,
        JsonObject { Count: 1 } text when text["text"] is JsonValue value => Encoding.UTF8.GetBytes(match.Fill(value.GetValue<string>())),
        JsonObject { Count: 1 } bytes when bytes["base64"] is JsonValue value => Convert.FromBase64String(value.GetValue<string>()),
        _ => Encoding.UTF8.GetBytes(match.Fill(body, isProto: false)!.ToJsonString()),
    };
}
