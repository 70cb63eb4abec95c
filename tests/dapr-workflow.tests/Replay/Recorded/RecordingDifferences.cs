namespace DaprWorkflow.Tests.Replay.Recorded;

/// <summary>
/// Where the library answers recorded work items otherwise than the recorder, which played the worker by hand and could send anything.
/// A field that differs without being here fails its test, and so does an entry that no longer differs: the lists can only shrink.
/// </summary>
internal static class RecordingDifferences
{
    private const string Python = "sdk-python";
    private const string NoMember = "no member of the context asks for it";
    private const string NoCode = "no code can end a workflow so";
    private const string OwnIds = "the recorder chose ids; the library counts from 0, and a history with other ids is not of this code";
    private const string Slip = "the recorder chose the id; here the end takes the next one";
    private const string Terminated = "the recorder did not obey the termination; the library does";
    private const string Suspended = "the recorder acted while suspended; here the code stands still, and its status stays";
    private const string NamedVersions = "named versions are another official package; here a new version is a workflow of another name, or a patch";
    private const string NoName = "a name is required";

    /// <summary>What differs in every case that has it.</summary>
    public static readonly IReadOnlyList<(string What, string Reason, Func<string, AnswerDifference, bool> Covers)> Everywhere =
    [
        ("ids of executions of activities", "each library has its own; here they follow from the execution and the call", (_, d) => d.Field.EndsWith("taskExecutionId", StringComparison.Ordinal)),
        ("an input or a result that is absent", "null is a present, empty text, as with the official .NET package; a reader sees no difference", (_, d) => (d.Recorded, d.Library) == (null, "") && (d.Field == "result" || d.Field.EndsWith(".input", StringComparison.Ordinal) || d.Field.EndsWith(".result", StringComparison.Ordinal))),
        ("types of failures", "that of the exception that the code throws", (_, d) => d.Field.EndsWith("failureDetails.errorType", StringComparison.Ordinal) && d.Library == typeof(InvalidOperationException).FullName),
        ("stacks of failures", "that of the exception that the code throws", (_, d) => d.Field.EndsWith("failureDetails.stackTrace", StringComparison.Ordinal) && d.Library?.Contains("   at ", StringComparison.Ordinal) == true),
        ("inner failures", "the library sends none, as the official .NET package", (_, d) => d.Field.Contains("failureDetails.innerFailure", StringComparison.Ordinal) && d.Library is null),
        ("whether a failed workflow is final", "always, as with the official .NET package", (_, d) => (d.Field, d.Recorded, d.Library) == ("completeWorkflow.failureDetails.isNonRetriable", null, "true")),
        ("Python: a router without a target", "this library sends one only when it names another app", (file, d) => file == Python && (d.Field, d.Library) == ("router.sourceAppID", null)),
        ("Python: a limit of a wait without a name", "here the timer has that of the event, as in Go", (file, d) => file == Python && (d.Field, d.Recorded) == ("createTimer.name", null)),
        ("Python: the time of an event that is carried over", "the SDK drops it; here it stays", (file, d) => file == Python && d.Field == "completeWorkflow.carryoverEvents" && d.Recorded!.Contains("1970-01-01T00:00:00Z", StringComparison.Ordinal)),
    ];

    /// <summary>Case to all that differs in it (<see cref="AnswerDifference.Label"/>, in order) and the reason.</summary>
    public static readonly IReadOnlyDictionary<string, (string Differs, string Reason)> Cases = new Dictionary<string, (string, string)>
    {
        ["failed"] = ("completeWorkflow.result", "code that throws has no result"),
        ["completed-with-details"] = ("completeWorkflow.failureDetails.errorMessage, completeWorkflow.failureDetails.errorType", "code that returns has no failure"),
        ["terminated-by-worker"] = ("Terminated -> nothing", NoCode),
        ["canceled-by-worker"] = ("Canceled -> nothing", NoCode),
        ["completed-with-status-running"] = ("Running -> nothing", NoCode),
        ["two-completions"] = ("Completed Failed -> Completed", "code ends once"),
        ["completion-id-not-zero"] = ("id 7 -> 0", Slip),
        ["activity-payloads"] = ("scheduleTask.version", NoMember),
        ["activity-failure-nested"] = ("failureDetails.isNonRetriable", "a failed activity may be tried again, as with the official .NET package"),
        ["activity-failure-empty"] = ("failureDetails, result", "an exception has a type, and an activity that throws has no result"),
        ["activity-without-name"] = ("Completed -> Failed, ScheduleTask -> Failed, failureDetails.errorMessage, failureDetails.errorType, result", NoName),
        ["completion-before-the-activity"] = ("order of actions", "actions are sent by id"),
        ["unsorted-ids"] = ("Completed -> Failed, id 4 -> 0, id 9 -> 1, order of actions", OwnIds),
        ["timer-origins"] = ("createTimer.childWorkflowRetry.instanceId, createTimer.createTimer", "the recorder sent timers of retries without the call, and one without an origin"),
        ["timer-without-fire-at"] = ("createTimer, createTimer.createTimer, createTimer.fireAt", "a timer has a time and an origin"),
        ["sentinel-timer"] = ("createTimer.fireAt", "a time of .NET ends with 100 ns; the library itself sends no timer for a wait without a limit"),
        ["event-payloads"] = ("Completed -> nothing", "an event without a name cannot be waited for, so nothing wakes the code"),
        ["event-does-not-beat-a-plain-timer"] = ("createTimer.name", "only the limit of a wait has a name"),
        ["send-event-action"] = ("SendEvent -> Failed", "daprd repeats a turn with this action for ever, so the call throws"),
        ["suspend-buffers-events"] = ("customStatus", Suspended),
        ["suspend-with-actions"] = ("Completed -> Failed, ScheduleTask -> nothing, nothing -> Failed", Suspended),
        ["suspended-and-crash"] = ("Completed -> nothing, customStatus", Suspended),
        ["terminate-running"] = ("customStatus", "the status is kept over the termination"),
        ["terminate-forced"] = ("ScheduleTask CreateTimer -> Terminated", Terminated),
        ["terminate-but-completed"] = ("Completed -> Terminated", Terminated),
        ["terminate-but-continue-as-new"] = ("ContinuedAsNew -> Terminated", Terminated),
        ["bodies-of-other-calls"] = ("nothing -> Terminated", Terminated),
        ["terminate-recursive"] = ("id 1 -> 0", Slip),
        ["terminate-action"] = ("TerminateWorkflow -> nothing", NoMember),
        ["carryover"] = ("completeWorkflow.carryoverEvents", "the event that wakes the code is taken by it, and does not go over"),
        ["other-actions-are-lost"] = ("ScheduleTask CreateTimer ContinuedAsNew ScheduleTask -> ContinuedAsNew", "the library leaves out what would be lost"),
        ["failed-after-continue"] = ("ContinuedAsNew Failed -> ContinuedAsNew, Failed ContinuedAsNew -> Failed", "code ends once"),
        ["child-generated-id"] = ("Completed -> Failed, createChildWorkflow.instanceId, id 26 -> 1, nothing -> Failed", OwnIds),
        ["child-failure"] = ("completeWorkflow.result", "code that throws has no result"),
        ["child-payloads"] = ("createChildWorkflow.version", NoMember),
        ["child-without-name"] = ("Completed -> Failed, CreateChildWorkflow -> Failed", NoName),
        ["detached"] = ("CreateDetachedWorkflow -> nothing", NoMember),
        ["completed-id"] = ("Terminated -> nothing, completeWorkflow.result", "code that throws has no result, and none can end as terminated"),
        ["no-name"] = ("Completed -> Failed", NoName),
        ["other-app-router"] = ("Completed -> Failed", "the recorder gave up in the middle of a call, which is other code than that of the turn before"),
        ["purge-failed-and-terminated"] = ("Terminated -> nothing", NoCode),
        ["only-stream-closes"] = ("id 0 -> 1", Slip),
        ["stale-answer-for-another-turn"] = ("id 0 -> 1", "the recorder repeats the answer to an older turn; the library answers only the newest"),
        ["tokens"] = ("completionToken", "the recorder sent wrong tokens; the library returns that of the item"),
        ["graceful-stop"] = ("id 1 -> 0", Slip),
        ["unknown-instance"] = ("id 9 -> 0", "the recorder answered a turn that was not out"),
        ["same-id-twice"] = ("id 0 -> 1, id 0 -> 2, nothing -> Failed", OwnIds),
        ["id-of-the-history-again"] = ("id 0 -> 2, id 1 -> 3, nothing -> Failed", OwnIds),
        ["activity-result-too-big"] = ("failureDetails.errorMessage, failureDetails.isNonRetriable", "the failure that takes the place of a too large result is the library's own, and final"),
        ["response-too-big"] = ("completeWorkflow.failureDetails.errorMessage", "the failure that takes the place of a too large answer is the library's own"),
        ["version-name"] = ("version.name", NamedVersions),
        ["version-not-available"] = ("WorkflowVersionNotAvailable -> nothing", NamedVersions),
        ["completed-with-stalled"] = ("Stalled -> nothing", NoCode),
        ["patch-mismatch"] = ("version.patches", "the recorder dropped a patch; code that asks for it reports it in every turn"),
        ["stalled"] = ("version.patches", "the recorder dropped a patch; code that asks for it reports it in every turn"),
        ["action-without-type"] = ("None -> nothing", NoMember),
    };
}
