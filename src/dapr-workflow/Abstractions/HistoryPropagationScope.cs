namespace Dapr.Workflow;

/// <summary>How much of the workflow's history the sidecar passes on with a call (daprd 1.18 and later).</summary>
public enum HistoryPropagationScope
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The history of the calling workflow.</summary>
    OwnHistory = 1,

    /// <summary>The history of the calling workflow and of its ancestors.</summary>
    Lineage = 2,
}
