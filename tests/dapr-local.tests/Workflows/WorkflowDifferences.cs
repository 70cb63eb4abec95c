namespace DaprLocal.Tests.Workflows;

/// <summary>
/// The recorded cases of workflows that dapr-local answers differently, each with its reason. A case that differs without
/// being here fails its test, and so does an entry that no longer differs: the list can only shrink.
/// </summary>
internal static class WorkflowDifferences
{
    /// <summary>Case name to reason.</summary>
    public static readonly IReadOnlyDictionary<string, string> Known = new Dictionary<string, string>
    {
        ["completed-with-status-running"] = "daprd leaves an instance that can never end; here it fails",
        ["completed-with-stalled"] = "daprd takes it as a completion that never ends; here it is a stall",
        ["send-event-action"] = "daprd repeats the turn for ever; here the workflow fails",
        ["terminate-action"] = "daprd repeats the turn for ever; here the workflow fails",
        ["detached"] = "daprd repeats the turn for ever; here the workflow fails",
        ["other-app-router"] = "daprd repeats a half-applied turn; here the task fails",
        ["tight-loop"] = "recorded as timings; EngineTests has it",
        ["sdk-fan-out"] = "which results share a turn is a matter of timing",
        ["sdk-continue-as-new"] = "which results share a turn is a matter of timing",
        ["ten-activities"] = "which results share a turn is a matter of timing",
        ["list-ids"] = "recorded as a summary; EngineTests has it",
        ["list-with-bars"] = "daprd cannot list once an id contains bars",
        ["odd-ids"] = "daprd's reminder names refuse some ids",
        ["purge-and-start-again-same-execution-id"] = "daprd swallows the activity",
        ["purge-while-turn-is-out"] = "after it daprd refuses or blocks the next start",
        ["purge-with-open-timer"] = "daprd refuses the start after a forced purge",
        ["purge-with-open-activity"] = "daprd swallows the activity",
        ["recreate-with-open-activity"] = "daprd shows an old result to the new run",
        ["straggler-without-new-task"] = "daprd shows an old result to the new generation, then strips it",
        ["traceparent-metadata"] = "recorded with the call after its effects; EngineTests has it",
        ["bad-trace-context"] = "recorded without the values; EngineTests has it",
        ["big-output"] = "daprd answers GetInstance with a torn read",
        ["patch-mismatch"] = "needs a second worker; EngineTests has it",
        ["timer-origins"] = "daprd fires timers that are due together one by one",
        ["rerun-activity"] = "daprd moves scheduled events",
        ["rerun-fired-timer-before"] = "daprd fires a fired timer again",
        ["rerun-child"] = "daprd leaves out the parent's execution id",
        ["many-activities"] = "recorded as a count; EngineTests has 1000 activities",
        ["hello-without-package"] = "gRPC proxying is out of scope: an unknown method is UNIMPLEMENTED",
        ["late-answer-on-a-closed-stream"] = "that the stream closed is not among the recorded steps",
        ["stale-answer-for-another-turn"] = "daprd takes a repeated answer for the one of the next turn, and the instance hangs",
        ["same-id-twice"] = "daprd runs one of the two; here the workflow fails",
        ["id-of-the-history-again"] = "daprd puts the id into the history again; here the turn is sent again",
        ["two-streams"] = "recorded as a count",
        ["no-worker"] = "daprd refuses most calls while there is no worker; here they are accepted and wait for one",
        ["tokens"] = "daprd does not look at tokens; here an answer with a token of another dispatch is ignored",
        ["ten-at-once"] = "recorded as a summary; EngineRestartTests has every step",
        ["concurrency-limits"] = "which results share a turn is a matter of timing; EngineTests has the limits",
        ["tracing"] = "there is no exporter for spans of the engine, so a given context is passed on unchanged",
        ["no-state-store"] = "the workflow engine of dapr-local needs no actor state store",
    };
}
