namespace OrderInventory.Proof.Simulation;

/// <summary>What may go wrong with a step; which of them can happen depends on the step.</summary>
internal enum Fault
{
    None,

    /// <summary>The process that takes the step dies before it has an effect.</summary>
    CrashBefore,

    /// <summary>The process dies after the effect and before it learns of it.</summary>
    CrashAfter,

    /// <summary>An error, and no effect.</summary>
    NotApplied,

    /// <summary>The effect, and an error.</summary>
    AppliedButError,

    /// <summary>An error at once, and the effect a minute later: a server that was frozen.</summary>
    AppliedLate,

    /// <summary>Half of the effect, and an error.</summary>
    PartlyApplied,

    /// <summary>Somebody else writes the same value under another ETag first.</summary>
    Conflict,

    /// <summary>The effect takes place twice; a delivery goes to two replicas at once.</summary>
    Twice,

    /// <summary>A bulk read is answered with an error for each key.</summary>
    Unreadable,

    /// <summary>The step takes place, and whoever waits for its answer never gets it and asks again.</summary>
    AnswerLost,

    /// <summary>Everything else that can happen happens first.</summary>
    Delayed,

    /// <summary>What was read is handed over only after everything else that can happen.</summary>
    AnswerLate,

    /// <summary>What is delivered first comes last.</summary>
    Reordered,

    /// <summary>The workflow disappears before the step, as when somebody purged it or the engine lost it.</summary>
    WorkflowLost,

    /// <summary>The client sends its request once, and never asks again or looks at an answer.</summary>
    ClientGone,

    /// <summary>Somebody else's command comes before the step; only where a scenario has one.</summary>
    Interloper,
}

/// <summary>One thing that can happen next, and how it can go wrong.</summary>
/// <param name="Process">Whose step it is: when that process has died the step does not take place; null for the outside.</param>
/// <param name="Text">What happens, for people.</param>
/// <param name="Faults">The faults that this step can have.</param>
/// <param name="RunAsync">Lets it happen.</param>
internal sealed record Step(AppProcess? Process, string Text, IReadOnlyList<Fault> Faults, Func<Fault, Task> RunAsync)
{
    public bool IsVoid => Process is { IsDead: true };
}
