namespace DaprLocal.Tests.Library;

/// <summary>What the library and the engine promise together, by number, with the tests that hold it.</summary>
internal static class ConformanceList
{
    private const string Both = "dapr-local.tests/Library/";
    private const string Engine = "dapr-local.tests/Workflows/";
    private const string Faults = "dapr-local.tests/Faults/";
    private const string Library = "dapr-workflow.tests/";
    private const string Recordings = Engine + "GoldenTests.Replay_RecordedCases_SameItemsAndAnswers";

    /// <summary>The promise, and its tests as <c>project/folder/Class.Method</c> below <c>tests</c>; the first has number 1.</summary>
    public static readonly IReadOnlyList<(string Promise, string[] Tests)> All =
    [
        ("a start returns after the first turn, with a start time at once", [Both + "LifecycleTests.Schedule_FirstTurnTakesLong_ReturnsAfterItUnlessItHasAStartTime", Recordings]),
        ("paths without a package are served, to who has the token", [Both + "ConnectionTests.Hello_PathWithoutPackage_IsServedToWhoHasTheToken", Recordings]),
        ("activities in a row leave the recorded history", [Both + "ActivityTests.Activities_InARow_LeaveTheRecordedShapeOfHistory", Recordings]),
        ("replay has no side effects", [Both + "ActivityTests.Replay_TenActivities_RunOnceEachAndLogOnce"]),
        ("a fan-out gives results in the order of its inputs", [Both + "ActivityTests.FanOut_FiftyInAnyOrder_GiveResultsInTheOrderOfInputs"]),
        ("failures of activities keep type, message and stack", [Both + "ActivityTests.Failure_OfAnActivity_ReachesTheCodeWithTypeMessageAndStack", Library + "Worker/WorkerTests.Activity_Fails_IsMapped"]),
        ("retries wait by timers, with one key", [Both + "ActivityTests.Retry_FailingActivity_WaitsLongerEachTimeAndKeepsItsKey", Library + "Replay/RetryTests.Turn_RetryTimeoutPassed_Throws"]),
        ("a timer outlives the sidecar and fires once", [Both + "EventTests.Timer_SidecarKilledMeanwhile_FiresOnceWhenDue"]),
        ("an event before its wait is kept", [Both + "EventTests.Event_BeforeItsWait_IsKeptAndNeedsNoTimer"]),
        ("events are matched without case, in order", [Both + "EventTests.Events_OfOneNameInAnyCase_ServeTheWaitsInOrder"]),
        ("an event after its timeout is kept, a timer of a won wait ignored", [Both + "EventTests.Event_AfterItsTimeout_IsKeptForTheNextWait", Library + "Replay/EventTests.Turn_TimerOfAWonWait_DoesNotTouchANewerWait"]),
        ("of an event and a timer in one turn the first wins", [Both + "EventTests.EventAndTimeout_InOneTurn_TheFirstWins"]),
        ("an event to a missing, ended or stalled instance", [Both + "EventTests.RaiseEvent_MissingAndCompleted_IsRefusedAndIgnored", Engine + "EngineTests.CompleteTask_PatchMissing_StallsUntilAnotherWorkerComes"]),
        ("a suspended instance takes no step and keeps what comes", [Both + "LifecycleTests.Suspend_ResultAndEventMeanwhile_WaitInOrderForTheResume"]),
        ("termination gives its output and drops running work", [Both + "LifecycleTests.Terminate_ActivityRunning_GivesTheOutputAndDropsTheResult"]),
        ("termination reaches all below", [Both + "ChildTests.Terminate_Parent_TerminatesAllBelowAndResumesNobody"]),
        ("continue-as-new carries events over, or drops them", [Both + "LifecycleTests.ContinueAsNew_EventsNotTaken_GoOnInOrderUnlessDropped"]),
        ("results and timers of an older generation stay outside", [Engine + "EngineTests.CompleteTask_ContinuesAsNew_OldResultsAndTimersStayOutside", Library + "Replay/ActivityTests.Turn_ResultOfAnotherGeneration_IsIgnoredUntilTheCallIsRecordedAndFailsItAfterwards"]),
        ("generations without an await end", [Both + "LifecycleTests.ContinueAsNew_HundredGenerationsWithoutAnAwait_End", Engine + "EngineTests.CompleteTask_ContinuesAsNewInATightLoop_PausesEveryTwentyGenerations"]),
        ("children give results, failures and terminations", [Both + "ChildTests.Child_EndsInAnyWay_GivesResultFailureOrTermination", Library + "Replay/LifecycleTests.Turn_Child_GivesResultFailureAndTermination"]),
        ("a taken child id fails in the parent", [Both + "ChildTests.Child_IdInUse_FailsInTheParentWhichGoesOn"]),
        ("an id starts once, and anew when it has ended", [Both + "LifecycleTests.Schedule_IdInUse_IsRefusedUntilItHasEndedAndThenStartsAnew"]),
        ("purge refuses what runs or is missing, and the id is free afterwards", [Both + "LifecycleTests.Purge_RunningMissingAndEnded_RefusedRefusedAndGone"]),
        ("an app killed in a turn gets it again", [Faults + "WorkerCrashTests.Kill9_AppSticksInATurnOrAnActivity_ThatComesAgainWithTheSameKey", Engine + "EngineTests.GetWorkItems_StreamCloses_TurnAndActivityComeAgain"]),
        ("an app killed in an activity runs it again with the same key", [Faults + "WorkerCrashTests.Kill9_AppSticksInATurnOrAnActivity_ThatComesAgainWithTheSameKey", Faults + "WorkflowKillTests.Kill9_AgainAndAgain_EveryInstanceEndsAndEveryStepHasOneEffect"]),
        ("a sidecar killed at any commit loses nothing", [Engine + "CrashTests.Crash_AfterEveryTransactionOfALife_EndsAsWithoutIt", Engine + "CrashTests.Crash_AfterEveryTransactionOfATerminationAndPurge_LeavesNothing"]),
        ("an answer of an older dispatch changes nothing", [Engine + "EngineTests.CompleteTask_OfAnOlderDispatch_IsIgnored"]),
        ("changed code fails with the number and both names", [Both + "CodeTests.Code_ChangedUnderAnInstance_FailsItNamingBothSides", Both + "CodeTests.Code_AwaitsSomethingElse_FailsTheInstance", Library + "Replay/DeterminismTests.Turn_CodeChanged_FailsNamingBothSides"]),
        ("the custom status is kept over turns until cleared", [Both + "LifecycleTests.CustomStatus_SetOverTurns_IsKeptUntilItIsClearedAndIsJson"]),
        ("values come back equal, and no JSON fails cleanly", [Both + "CodeTests.Values_ThroughAWorkflowAndAnActivity_ComeBackEqual", Both + "CodeTests.Input_ThatIsNoJson_FailsTheWorkflow"]),
        ("waits outlive a restart and end by cancellation", [Both + "ConnectionTests.Wait_OfManyClients_OutlivesARestartAndReleasesThemAll", Both + "ConnectionTests.Wait_ForAnUnknownId_LastsUntilItIsCancelled"]),
        ("200 workflows end over a restart of the sidecar", [Both + "ConnectionTests.Sidecar_KilledUnder200Workflows_AllEndAndActivitiesInHandCount"]),
        ("payloads over the limits fail or stall", [Both + "ActivityTests.Result_OverTheMessageLimit_FailsTheActivityCleanly", Engine + "EngineTests.GetWorkItems_StalledForItsSize_TriesAgainWithALargerLimit"]),
        ("patches keep running instances on the old path", [Both + "CodeTests.Patch_BetweenTwoVersions_IsOldForRunningAndNewForNewInstances", Engine + "EngineTests.CompleteTask_PatchMissing_StallsUntilAnotherWorkerComes"]),
        ("the management API over HTTP", [Recordings, Engine + "WorkflowApiTests.Call_ThatIsRefused_HasStatusAndCodeOfDaprd"]),
        ("one trace from the caller to the activities", [Both + "ConnectionTests.Trace_OfTheCaller_ReachesTheWorkflowAndItsActivities"]),
    ];
}
