namespace DaprLocal.Config;

/// <summary>What the <c>Configuration</c> of an app says. <paramref name="DeniesCalls"/>: no other app may invoke it.</summary>
internal sealed record SidecarSettings(WorkflowSettings Workflows, bool DeniesCalls)
{
    /// <summary>Without a file.</summary>
    public static SidecarSettings Default { get; } = new(WorkflowSettings.Default, false);
}

/// <summary>
/// What <c>spec.workflow</c> of a <c>Configuration</c> says about the workflows of one app. Null limits mean none.
/// </summary>
internal sealed record WorkflowSettings(int? MaxTurns, int? MaxActivities, WorkflowRetention Retention)
{
    /// <summary>No limits, and every instance is kept.</summary>
    public static WorkflowSettings Default { get; } = new(null, null, new WorkflowRetention(null, null, null, null));
}

/// <summary>
/// How long an instance is kept after its end, by the way it ended; <paramref name="AnyTerminal"/> stands for those without a
/// time of their own, and null for ever.
/// </summary>
internal sealed record WorkflowRetention(TimeSpan? AnyTerminal, TimeSpan? Completed, TimeSpan? Failed, TimeSpan? Terminated);
