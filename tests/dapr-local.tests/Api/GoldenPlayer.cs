using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using DaprClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace DaprLocal.Tests.Api;

/// <summary>Repeats recorded steps against a sidecar and tells the first difference of a case.</summary>
internal sealed class GoldenPlayer(int httpPort, CallInvoker calls, Func<TimeSpan, Task> wait)
{
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
    public static GoldenMatch NewMatch() => new();

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
        // Of an error the code counts, and that there are words.
        if (expected["code"] is { } code)
        {
            var error = JsonNode.Parse(answer.Body)!;
            return (string?)error["errorCode"] == (string?)code && ((string?)error["message"])?.Length > 0 ? null : $"error {error.ToJsonString()}, not {code}";
        }

        var wanted = expected["headers"] as JsonObject ?? [];
        foreach (var name in new[] { "etag", "metadata.ttlexpiretime" })
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
        foreach (var name in new[] { "content-type", "traceparent", "tracestate", "location", "x-callee" })
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
        var call = typeof(DaprClient).GetMethods().Single(m => m.Name == method + "Async" && m.GetParameters().Length == 2);
        var requestType = call.GetParameters()[0].ParameterType;
        var descriptor = (MessageDescriptor)requestType.GetProperty("Descriptor")!.GetValue(null)!;
        var request = JsonParser.Default.Parse(match.Fill(step["request"], isProto: true)!.ToJsonString(), descriptor);
        var wanted = (string?)step["error"]?["code"] ?? "OK";
        try
        {
            var pending = call.Invoke(_grpc, [request, new CallOptions(Metadata(step))])!;
            var task = (Task)pending.GetType().GetProperty("ResponseAsync")!.GetValue(pending)!;
            await task;
            var response = (IMessage)task.GetType().GetProperty("Result")!.GetValue(task)!;
            return wanted == "OK" ? match.Difference(match.Fill(step["response"], isProto: true), JsonNode.Parse(JsonFormatter.Default.Format(response)), method) : $"gRPC OK, not {wanted}";
        }
        catch (RpcException error)
        {
            return Words(error.StatusCode) == wanted ? null : $"gRPC {Words(error.StatusCode)}, not {wanted}: {error.Status.Detail}";
        }
    }

    private static Metadata Metadata(JsonNode step)
    {
        var metadata = new Metadata();
        foreach (var (name, value) in step["metadata"] as JsonObject ?? []) metadata.Add(name, value!.GetValue<string>());
        return metadata;
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
