namespace OrderInventory.Web.DeadLetters;

/// <summary>A letter of a run.</summary>
/// <param name="Kept">The letter as it was read last.</param>
/// <param name="Outcome">What came of its replay; null while it was not tried.</param>
public sealed record RunItem(KeptLetter Kept, LetterOutcome? Outcome);

/// <summary>Replays of some letters of a group, one after the other.</summary>
/// <param name="Number">Names the run.</param>
/// <param name="Group">The group.</param>
/// <param name="Count">How many were asked for.</param>
/// <param name="By">Who asked for them.</param>
/// <param name="Began">When, UTC.</param>
/// <param name="Ended">When it ended, UTC; null while it goes on.</param>
/// <param name="Problem">Why it ended before all were tried; null when they were.</param>
/// <param name="Items">The letters, in the order of their replays; null while they are looked for.</param>
public sealed record RunModel(int Number, string Group, int Count, string By, DateTimeOffset Began, DateTimeOffset? Ended, string? Problem, IReadOnlyList<RunItem>? Items)
{
    /// <summary>True for a reader who asked for another run, which was not begun because this one went on.</summary>
    public bool IsAnother { get; init; }

    /// <summary>How many were tried.</summary>
    public int Tried => Items?.Count(item => item.Outcome is not null) ?? 0;

    /// <summary>How many of them were refused, or are not known.</summary>
    public int NotDone => Items?.Count(item => item.Outcome?.Refusal is not null) ?? 0;
}
