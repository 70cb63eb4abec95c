using Dapr.TaskHub.Protos;

namespace DaprWorkflow.Tests.Replay.Recorded;

/// <summary>What of a recorded case concerns a worker.</summary>
/// <param name="File">The recording, without its extension.</param>
/// <param name="Name">The name of the case.</param>
/// <param name="Turns">The work items of workflows, in order, once for each answer.</param>
/// <param name="Activities">The work items of activities, in order, once for each answer.</param>
/// <param name="Strays">How many answers belong to no item of the case.</param>
internal sealed record RecordedCase(string File, string Name, IReadOnlyList<RecordedTurn> Turns, IReadOnlyList<RecordedActivity> Activities, int Strays);

/// <summary>A work item of a workflow and an answer to it.</summary>
/// <param name="Item">The item.</param>
/// <param name="Execution">The id of the execution, as the recording names it.</param>
/// <param name="Answer">What the recorder answered; null when it did not.</param>
/// <param name="Refused">What it had answered before, if the sidecar refused that for its size.</param>
internal sealed record RecordedTurn(WorkItem Item, string Execution, WorkflowResponse? Answer, WorkflowResponse? Refused)
{
    public WorkflowRequest Request => Item.WorkflowRequest;

    public string InstanceId => Request.InstanceId;

    /// <summary>How many turns the execution had before.</summary>
    public int Number { get; } = Item.WorkflowRequest.PastEvents.Count(e => e.WorkflowStarted is not null);

    /// <summary>The answer that the code of the workflow meant.</summary>
    public WorkflowResponse? Meant => Refused ?? Answer;
}

/// <summary>A work item of an activity and an answer to it.</summary>
/// <param name="Item">The item.</param>
/// <param name="Answer">What the recorder answered; null when it did not.</param>
/// <param name="Refused">What it had answered before, if the sidecar refused that for its size.</param>
internal sealed record RecordedActivity(WorkItem Item, ActivityResponse? Answer, ActivityResponse? Refused);
