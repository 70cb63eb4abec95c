namespace Dapr.Workflow.Client;

/// <summary>How a finished workflow is run again from one of its events.</summary>
public sealed class RerunWorkflowFromEventOptions
{
    /// <summary>The id of the new instance; null lets the sidecar choose one.</summary>
    public string? NewInstanceId { get; set; }

    /// <summary>The new input of what is run again; only with <see cref="OverwriteInput"/>.</summary>
    public object? Input { get; set; }

    /// <summary>Whether <see cref="Input"/> replaces the recorded input, also when it is null.</summary>
    public bool OverwriteInput { get; set; }
}
