namespace Dapr.Workflow.Abstractions;

/// <summary>The registered name of a workflow or an activity. Names are compared without regard to case.</summary>
/// <param name="Name">The name as registered.</param>
public readonly record struct TaskIdentifier(string Name)
{
    /// <summary>Wraps a plain name.</summary>
    /// <param name="name">The name as registered.</param>
    public static implicit operator TaskIdentifier(string name) => new(name);

    /// <summary>Unwraps to the plain name.</summary>
    /// <param name="identifier">The identifier.</param>
    public static implicit operator string(TaskIdentifier identifier) => identifier.Name;

    /// <summary>The plain name.</summary>
    public override string ToString() => Name;
}
