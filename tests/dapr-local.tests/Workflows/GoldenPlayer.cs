using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dapr.TaskHub.Protos;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Workflows;

/// <summary>
/// Replays a recorded case of the real daprd against a sidecar and compares every work item and every answer. The clock is
/// the recording's: before each step it stands where it stood then. An answer or item
/// is waited for as long as <paramref name="patience"/>.
/// </summary>
internal sealed partial class GoldenPlayer(GoldenHost host, TimeSpan patience)
{
    private readonly DateTimeOffset _begin = host.Time.GetUtcNow();
    private readonly GoldenMatcher _match = new();
    private readonly Dictionary<int, Task<JsonNode>> _calls = [];
    private readonly Dictionary<JsonObject, JsonNode> _early = [];
    private string[] _fired = [];
    private string? _stream;
    private bool _isNewStream;

    public async Task PlayAsync(JsonArray recorded)
    {
        var steps = recorded.Select(step => step!.AsObject()).ToList();
        PairAnswers(steps);
        _fired = [.. FiredTimers().Matches(GoldenMatcher.Text(recorded)).Select(match => match.Groups[1].Value)];
        for (var i = 0; i < steps.Count; i++)
        {
            // Recorded when it had returned, after the item that it had caused.
            if (i + 1 < steps.Count && IsItem(steps[i]) && IsStart(steps[i + 1])) _early[steps[i + 1]] = await SendAsync(steps[i + 1]);
            // A turn without the result that was given directly before it was in hand by then; later it would hold the result.
            if (i + 1 < steps.Count && IsTurnWithout(steps[i], steps[i + 1])) _early[steps[i + 1]] = await NextItemAsync(steps[i + 1]["value"]!.AsObject());
            // Calls that daprd answers only after the turn in hand.
            if (((string?)steps[i]["note"])?.StartsWith("pending: ", StringComparison.Ordinal) is true)
                foreach (var late in steps[i..].Where(step => step["http"] is not null && step["tookMs"] is not null)) _early[late] = await SendAsync(late);
            await PlayAsync(steps[i]);
        }
    }

    private async Task PlayAsync(JsonObject step)
    {
        Turn(step["ms"]);
        try
        {
            await PlayStepAsync(step);
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            step.Remove("base64");
            step.Remove("responseBase64");
            throw new InvalidOperationException($"at {step.ToJsonString()}", error);
        }
    }

    private async Task PlayStepAsync(JsonObject step)
    {
        var note = (string?)step["note"] ?? "";
        if (note.StartsWith("SIGKILL to daprd", StringComparison.Ordinal) || note.StartsWith("SIGTERM to daprd", StringComparison.Ordinal))
        {
            await host.StopAsync(isKill: note.StartsWith("SIGKILL", StringComparison.Ordinal));
        }
        else if (note.StartsWith("daprd started again", StringComparison.Ordinal))
        {
            await host.StartAsync();
        }
        else if (Streams().IsMatch(note))
        {
            await host.ReconnectAsync();
            _isNewStream = true;
        }
        else if ((string?)step["error"]?["code"] == "UNAVAILABLE")
        {
            // Calls that the end cut off, and those while it was down: how the connection broke is not the engine's doing.
            if (step["ofCall"] is { } cut) Assert.NotNull((await _calls[(int)cut].WaitAsync(patience))["code"]);
            else Assert.False(host.IsRunning);
        }
        else if (step["waitMs"] is not null)
        {
            await host.WorkerAsync();
            // Absence has no signal; what comes within this time would have come.
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            Assert.Empty((await host.WorkerAsync()).Unexpected());
        }
        else if (IsItem(step))
        {
            var expected = step["value"]!.AsObject();
            if ((string?)step["stream"] is { } stream && stream != _stream)
            {
                if (!_isNewStream) await host.ReconnectAsync();
                (_stream, _isNewStream) = (stream, false);
            }

            Compare(expected, _early.TryGetValue(step, out var early) ? early : await NextItemAsync(expected), step);
        }
        else if ((string?)step["worker"] == "GetWorkItems")
        {
            // A stream that was just opened has no answer; what has neither that nor an error is a summary of many items.
            if (step["request"] is null) throw new NotSupportedException("a summary cannot be played");
            if (step["error"] is { } error) Compare(error, await new GoldenCalls(host.Sidecar).WorkItemsAsync(step["metadata"], Soon()), step);
        }
        else if (step["http"] is not null)
        {
            Compare(step["response"]!, _early.TryGetValue(step, out var answer) ? answer : await SendAsync(step), step);
        }
        else if (step["ofCall"] is { } of)
        {
            if (step["response"] is null && step["error"] is null) return;
            Compare(step["error"] ?? step["response"]!, await _calls[(int)of].WaitAsync(patience), step);
        }
        else if (step["call"] is { } number)
        {
            var call = SendAsync(step);
            _calls[(int)number] = call;
            // An event counts from when it is stored. The others may last until later steps: they get the time to be accepted before the clock goes on.
            await Task.WhenAny(call, Task.Delay((string?)step["client"] == "RaiseEvent" ? patience : TimeSpan.FromMilliseconds(20), TimeProvider.System));
        }
        else if (step["request"] is not null)
        {
            var wanted = step["error"] ?? step["response"] ?? new JsonObject();
            if (IsAbsence(step, wanted)) await Eventually.TrueAsync(() => host.Sidecar.Workflows.Get((string)step["request"]!["instanceId"]!) is null, "the instance is gone", patience.TotalSeconds);
            if (IsStall(wanted)) await Eventually.TrueAsync(() => host.Sidecar.Workflows.Get((string)step["request"]!["instanceId"]!)?.Status == OrchestrationStatus.Stalled, "the instance is stalled", patience.TotalSeconds);
            Compare(wanted, await SendAsync(step).WaitAsync(patience), step);
        }
        else if (note.Length == 0)
        {
            throw new NotSupportedException("no step that can be played");
        }
    }

    // The recordings of an SDK have the answer to a call as a step of its own, which names the instance, or not at all.
    private static void PairAnswers(List<JsonObject> steps)
    {
        if (steps.All(step => step["answerTo"] is null)) return;
        var calls = steps.Where(step => step["client"] is not null && step["answerTo"] is null).ToList();
        for (var number = 0; number < calls.Count; number++) calls[number]["call"] = number;
        foreach (var answer in steps.Where(step => step["answerTo"] is not null))
        {
            var call = calls.First(step => (string?)step["client"] == (string?)answer["client"] && (string?)step["request"]!["instanceId"] == (string?)answer["answerTo"]);
            calls.Remove(call);
            answer["ofCall"] = (int)call["call"]!;
        }
    }

    private static bool IsItem(JsonObject step) => (string?)step["worker"] == "GetWorkItems" && step["value"] is JsonObject;

    private static bool IsTurnWithout(JsonObject result, JsonObject next) =>
        (string?)result["worker"] == "CompleteActivityTask" && IsItem(next) && next["value"]!["workflowRequest"]?["newEvents"] is JsonArray events
        && !events.Any(e => (e!["taskCompleted"] ?? e["taskFailed"]) is { } done && ((int?)done["taskScheduledId"] ?? 0) == ((int?)result["request"]!["taskId"] ?? 0));

    private async Task<JsonNode> NextItemAsync(JsonObject expected) =>
        GoldenCalls.Json(await (await host.WorkerAsync()).NextAsync(item => IsFor(expected, item), patience));

    private static bool IsStart(JsonObject step) => ((string?)step["http"]?["path"])?.Contains("/start", StringComparison.Ordinal) is true && (int)step["response"]!["status"]! == 202;

    // What a timer of the sidecar removes is gone a moment after the time has come.
    private static bool IsAbsence(JsonObject step, JsonNode wanted) => (string?)step["client"] == "GetInstance" && wanted is JsonObject { Count: 0 };

    // The item that is too large has no answer that could be waited for.
    private static bool IsStall(JsonNode wanted) => (string?)(wanted as JsonObject)?["workflowState"]?["workflowStatus"] == "ORCHESTRATION_STATUS_STALLED";

    private void Turn(JsonNode? ms)
    {
        var at = _begin + TimeSpan.FromMilliseconds(ms?.GetValue<double>() ?? 0);
        if (at > host.Time.GetUtcNow()) host.Time.SetUtcNow(at);
    }

    private Task<JsonNode> SendAsync(JsonObject step)
    {
        var at = host.Time.GetUtcNow().Add(Offset(step)).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        if (step["http"] is { } http) return new GoldenCalls(host.Sidecar).HttpAsync(http, text => _match.Fill(text, at));
        var request = _match.Fill(GoldenMatcher.Text(step["request"]!), at);
        var deadline = step["deadlineMs"] is null && step["tookMs"] is null ? (DateTime?)null : Soon();
        return new GoldenCalls(host.Sidecar).GrpcAsync((string)(step["grpc"] ?? step["client"] ?? step["worker"])!, request, step["metadata"], deadline, isDapr: step["grpc"] is not null);
    }

    private static DateTime Soon() => TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(300);

    private TimeSpan Offset(JsonObject step)
    {
        if ((string?)step["note"] is { } note && Offsets().Match(note) is { Success: true } match)
            return TimeSpan.FromSeconds((match.Groups[1].Value == "-" ? -1 : 1) * double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        // A timer that did not fire while the case was recorded.
        return step["request"] is { } request && FireTimes().Match(GoldenMatcher.Text(request)) is { Success: true } timer && !_fired.Contains(timer.Groups[1].Value) ? TimeSpan.FromHours(1) : TimeSpan.Zero;
    }

    private bool IsFor(JsonObject expected, WorkItem item)
    {
        string Id(JsonNode? id) => _match.Fill((string?)id ?? "", "");
        if (expected["workflowRequest"] is { } turn) return item.WorkflowRequest?.InstanceId == Id(turn["instanceId"]);
        var activity = expected["activityRequest"]!;
        return item.ActivityRequest is { } request
            && request.WorkflowInstance.InstanceId == Id(activity["workflowInstance"]?["instanceId"])
            && request.TaskId == ((int?)activity["taskId"] ?? 0);
    }

    private void Compare(JsonNode expected, JsonNode actual, JsonObject step) => _match.Compare(expected, actual, step["ms"]);

    [GeneratedRegex("\"fireAt\":\"(<time:[0-9]+>)\"")]
    private static partial Regex FireTimes();

    [GeneratedRegex("\"timerFired\":\\{[^}]*\"fireAt\":\"(<time:[0-9]+>)\"")]
    private static partial Regex FiredTimers();

    [GeneratedRegex("^(second stream opened|the only stream closed|stream opened)")]
    private static partial Regex Streams();

    [GeneratedRegex(@"now ([+-]) ([\d.]+) s")]
    private static partial Regex Offsets();
}
