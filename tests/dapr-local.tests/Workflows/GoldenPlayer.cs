using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dapr.TaskHub.Protos;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;

namespace DaprLocal.Tests.Workflows;

/// <summary>
/// Replays a recorded case of the real daprd against the engine and compares every work item and every answer. The clock is
/// the recording's: before each step it stands where it stood then.
/// </summary>
internal sealed partial class GoldenPlayer(EngineHost host, ScriptedWorker worker, FakeTimeProvider time)
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default);
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly DateTimeOffset _begin = time.GetUtcNow();
    private readonly Dictionary<int, Task<JsonNode>> _calls = [];
    private readonly Dictionary<string, string> _expectedIds = [];
    private readonly Dictionary<string, string> _actualIds = [];

    public async Task PlayAsync(JsonArray steps)
    {
        foreach (var step in steps.Select(step => step!.AsObject()))
        {
            Turn(step["ms"]);
            try
            {
                await PlayAsync(step);
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                step.Remove("base64");
                step.Remove("responseBase64");
                throw new InvalidOperationException($"at {step.ToJsonString()}", error);
            }
        }
    }

    private async Task PlayAsync(JsonObject step)
    {
        if (step["waitMs"] is not null)
        {
            // Absence has no signal; what comes within this time would have come.
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            Assert.Empty(worker.Unexpected());
        }
        else if ((string?)step["worker"] == "GetWorkItems" && step["value"] is JsonObject expected)
        {
            var item = await worker.NextAsync(item => IsFor(expected, item));
            Compare(expected, Json(item), step);
        }
        else if ((string?)step["worker"] is { } complete && step["request"] is not null)
        {
            Compare(step["response"] ?? new JsonObject(), await CallAsync(complete, step), step);
        }
        else if (step["client"] is not null && step["ofCall"] is { } of)
        {
            if (step["response"] is null && step["error"] is null) return;
            Compare(step["error"] ?? step["response"]!, await _calls[(int)of].WaitAsync(Patience), step);
        }
        else if ((string?)step["client"] is { } rpc)
        {
            var call = CallAsync(rpc, step);
            if (step["call"] is { } number)
            {
                _calls[(int)number] = call;
                // Gives the call the time to be accepted before the clock goes on; many of these calls last until later steps.
                await Task.WhenAny(call, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
            }
            else Compare(step["error"] ?? step["response"]!, await call.WaitAsync(Patience), step);
        }
    }

    private void Turn(JsonNode? ms)
    {
        var at = _begin + TimeSpan.FromMilliseconds(ms?.GetValue<double>() ?? 0);
        if (at > time.GetUtcNow()) time.SetUtcNow(at);
    }

    private async Task<JsonNode> CallAsync(string rpc, JsonObject step)
    {
        var text = step["request"]!.ToJsonString(Relaxed);
        var request = Placeholders().Replace(text, time.GetUtcNow().Add(Offset((string?)step["note"])).UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        var deadline = step["deadlineMs"] is null && step["tookMs"] is null ? (DateTime?)null : TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(300);
        var options = new CallOptions(deadline: deadline);
        var method = typeof(TaskHubSidecarService.TaskHubSidecarServiceClient).GetMethods()
            .Single(m => m.Name == rpc + "Async" && m.GetParameters() is [_, { ParameterType: var second }] && second == typeof(CallOptions));
        var type = method.GetParameters()[0].ParameterType;
        var descriptor = ((IMessage)Activator.CreateInstance(type)!).Descriptor;
        var message = JsonParser.Default.Parse(request, descriptor);
        dynamic call = method.Invoke(host.Client, [message, options])!;
        try
        {
            IMessage response = await call;
            return Json(response);
        }
        catch (RpcException error)
        {
            return new JsonObject { ["code"] = Code(error.StatusCode), ["message"] = error.Status.Detail };
        }
    }

    private static string Code(StatusCode code) => Words().Replace(code.ToString(), "_$0").ToUpperInvariant();

    private static TimeSpan Offset(string? note) =>
        note is not null && Offsets().Match(note) is { Success: true } match
            ? TimeSpan.FromSeconds((match.Groups[1].Value == "-" ? -1 : 1) * double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))
            : TimeSpan.Zero;

    private static bool IsFor(JsonObject expected, WorkItem item)
    {
        if (expected["workflowRequest"] is { } turn) return item.WorkflowRequest?.InstanceId == ((string?)turn["instanceId"] ?? "");
        var activity = expected["activityRequest"]!;
        return item.ActivityRequest is { } request
            && request.WorkflowInstance.InstanceId == ((string?)activity["workflowInstance"]?["instanceId"] ?? "")
            && request.TaskId == ((int?)activity["taskId"] ?? 0);
    }

    private static JsonNode Json(IMessage message) => JsonNode.Parse(Formatter.Format(message))!;

    private void Compare(JsonNode expected, JsonNode actual, JsonObject step)
    {
        var wanted = Normal(expected, _expectedIds)!;
        var got = Normal(actual, _actualIds)!;
        // Before the first commit daprd knows neither name nor times; and it shows old state while it continues as new.
        if (wanted["workflowState"] is { } state && state["name"] is null) (wanted, got) = (wanted["exists"]!.DeepClone(), got["exists"]!.DeepClone());
        else if (Stopped(wanted) && Stopped(got)) return;
        Assert.True(JsonNode.DeepEquals(wanted, got), $"ms {step["ms"]}: expected\n{wanted.ToJsonString(Relaxed)}\ngot\n{got.ToJsonString(Relaxed)}");
    }

    private static bool Stopped(JsonNode answer) => (string?)answer["code"] is "DEADLINE_EXCEEDED" or "CANCELLED";

    /// <summary>Sorted, without times and tokens, and with ids numbered by first appearance.</summary>
    private static JsonNode? Normal(JsonNode? node, Dictionary<string, string> ids)
    {
        switch (node)
        {
            case JsonObject o:
                var sorted = new JsonObject();
                foreach (var (key, value) in o.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    if (key is not ("timestamp" or "completionToken")) sorted[key] = Normal(value, ids);
                }

                return sorted;
            case JsonArray a:
                return new JsonArray([.. a.Select(item => Normal(item, ids))]);
            case JsonValue value when value.TryGetValue<string>(out var text):
                if (Ids().IsMatch(text)) return ids.TryGetValue(text, out var id) ? id : ids[text] = $"id {ids.Count}";
                return Times().Replace(text, "time");
            default:
                return node?.DeepClone();
        }
    }

    [GeneratedRegex(@"<time:\d+>")]
    private static partial Regex Placeholders();

    [GeneratedRegex(@"<time:\d+>|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Times();

    [GeneratedRegex(@"^(<uuid:\d+>|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$")]
    private static partial Regex Ids();

    [GeneratedRegex(@"now ([+-]) ([\d.]+) s")]
    private static partial Regex Offsets();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Words();
}
