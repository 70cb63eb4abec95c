namespace DaprLocal.Tests.Api;

/// <summary>Why dapr-local answers a recorded case differently, and what it answers instead: the difference that is found holds <paramref name="Here"/>.</summary>
internal sealed record KnownDifference(string Reason, string Here);

/// <summary>
/// The recorded cases that dapr-local answers differently. One that differs without being here, or in another way, fails its
/// test, and so does an entry that no longer differs: the list can only shrink.
/// </summary>
internal static class Differences
{
    private static readonly KnownDifference AsText = new("of several values, one that is no JSON is shown as text; daprd then answers nothing for all of them", "step 4: body [");
    private static readonly KnownDifference NoBody = new("the recording does not tell the body null from no body; the player sends none", "delivered.data is \"\", not null");

    private static readonly Dictionary<string, Dictionary<string, KnownDifference>> Known = new()
    {
        ["sqlite-grpc"] = new() { ["grpc_to_http"] = AsText },
        ["postgresql-grpc"] = new() { ["grpc_to_http"] = AsText },
        ["redis-grpc"] = new() { ["grpc_to_http"] = AsText },
        ["publish-http"] = new() { ["json_null"] = NoBody },
        ["invoke"] = new() { ["path /v1.0/invoke/ho-b/method/a/../b"] = new("a path that goes up is refused, so that what is checked is what is routed", "step 0: HTTP 400, not 200") },
        ["no-app-no-components"] = new() { ["no_app_port /v1.0/healthz"] = new("there is no placement service that a sidecar without an app would wait for", "step 0: HTTP 204, not 500") },
        ["workflow/versions"] = new()
        {
            ["completed-with-stalled"] = new("daprd takes it as a completion that never ends; here it is a stall", "failed to invoke reminder for workflow 'completed-with-stalled"),
        },
        ["workflow/basics"] = new()
        {
            ["completed-with-status-running"] = new("daprd leaves an instance that can never end; here it fails", "a workflow cannot complete with the status Running"),
        },
        ["workflow/purge-list"] = new()
        {
            ["purge-while-turn-is-out"] = new("daprd purges it and then refuses or blocks the next start", "orchestration has not yet completed"),
            ["list-with-bars"] = new("daprd cannot list once an id contains bars", "got\n{\"instanceIds\":[\"list-with-bars--a||b\"]}"),
        },
        ["workflow/timers"] = new()
        {
            ["timer-origins"] = new("daprd fires timers that are due together one by one", "\"timerFired\":{\"fireAt\":\"time\"}},{\"eventId\":-1,\"timerFired\":{\"fireAt\":\"time\",\"timerId\":1}}"),
        },
    };

    /// <summary>All of it: recording, case, reason, what is answered.</summary>
    public static IEnumerable<string[]> All => Known.SelectMany(file => file.Value.Select(entry => (string[])[file.Key, entry.Key, entry.Value.Reason, entry.Value.Here]));

    /// <summary>The known differences of a recording, by case.</summary>
    public static IReadOnlyDictionary<string, KnownDifference> Of(string file) => Known.GetValueOrDefault(file) ?? [];
}
