namespace Dapr.Workflow;

/// <summary>The part of the workflow context that decides about replay and versions.</summary>
public interface IWorkflowContext
{
    /// <summary>Whether the code at this point has run before, in an earlier turn.</summary>
    bool IsReplaying { get; }

    /// <summary>The time of the current turn (UTC), the same in every replay.</summary>
    DateTime CurrentUtcDateTime { get; }

    /// <summary>Whether this execution takes the new path of the named patch.</summary>
    /// <param name="patchName">The name of the patch; case-sensitive.</param>
    bool IsPatched(string patchName);
}
