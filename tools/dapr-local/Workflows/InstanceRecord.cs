using Dapr.TaskHub.Protos;

namespace DaprLocal.Workflows;

/// <summary>What a client can learn about an instance without its history; one row of the table <c>instances</c>. Times are UTC ticks.</summary>
internal sealed record InstanceRecord
{
    /// <summary>The instance id; case-sensitive, may be empty.</summary>
    public required string Id { get; init; }

    /// <summary>Identity of this run: new after continue-as-new and recreation. Everything asynchronous is fenced by it.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>The workflow's name.</summary>
    public required string Name { get; init; }

    /// <summary>The runtime status, derived from the history.</summary>
    public required OrchestrationStatus Status { get; init; }

    /// <summary>Time of the start request.</summary>
    public required long Created { get; init; }

    /// <summary>Time of the newest history event.</summary>
    public required long Updated { get; init; }

    /// <summary>Time of the first history event; null before the first turn.</summary>
    public long? Started { get; init; }

    /// <summary>Named version of the code that ran the newest turn.</summary>
    public string? Version { get; init; }

    /// <summary>The input as given.</summary>
    public string? Input { get; init; }

    /// <summary>The result, once completed.</summary>
    public string? Output { get; init; }

    /// <summary>The custom status of the newest turn.</summary>
    public string? CustomStatus { get; init; }

    /// <summary>Why it failed.</summary>
    public TaskFailureDetails? Failure { get; init; }

    /// <summary>Who created it as a child, if anybody.</summary>
    public ParentInstanceInfo? Parent { get; init; }

    /// <summary>Number of committed history events of this run.</summary>
    public int HistoryLength { get; init; }

    /// <summary>True while a scheduled start is not due and nothing else has come for the instance.</summary>
    public bool Held { get; init; }

    /// <summary>Whether nothing can happen to this run any more.</summary>
    public bool IsTerminal => Status.IsTerminal();
}

/// <summary>Classification of runtime statuses.</summary>
internal static class StatusExtensions
{
    /// <summary>COMPLETED, FAILED, TERMINATED and CANCELED are final; STALLED is not.</summary>
    public static bool IsTerminal(this OrchestrationStatus status) => status
        is OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated or OrchestrationStatus.Canceled;
}
