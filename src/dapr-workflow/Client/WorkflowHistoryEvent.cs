namespace Dapr.Workflow.Client;

/// <summary>One recorded event of an instance.</summary>
/// <param name="EventId">The sequence number of what the workflow asked for; -1 for everything else.</param>
/// <param name="EventType">The kind of the event.</param>
/// <param name="Timestamp">When it was recorded (UTC).</param>
public sealed record WorkflowHistoryEvent(int EventId, WorkflowHistoryEventType EventType, DateTime Timestamp);
