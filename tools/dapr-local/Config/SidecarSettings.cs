namespace DaprLocal.Config;

/// <summary>What the <c>Configuration</c> of an app says. <paramref name="DeniesCalls"/>: no other app may invoke it.</summary>
internal sealed record SidecarSettings(WorkflowRetention Retention, bool DeniesCalls)
{
    /// <summary>Without a file.</summary>
    public static SidecarSettings Default { get; } = new(WorkflowRetention.ForEver, false);
}

/// <summary>
/// How long an instance is kept after its end, by the way it ended; <paramref name="AnyTerminal"/> stands for those without a
/// time of their own, and null for ever.
/// </summary>
internal sealed record WorkflowRetention(TimeSpan? AnyTerminal, TimeSpan? Completed, TimeSpan? Failed, TimeSpan? Terminated)
{
    /// <summary>Every instance is kept.</summary>
    public static WorkflowRetention ForEver { get; } = new(null, null, null, null);
}
