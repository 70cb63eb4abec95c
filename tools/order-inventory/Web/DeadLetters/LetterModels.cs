using OrderInventory.DeadLetters;

namespace OrderInventory.Web.DeadLetters;

/// <summary>A letter, and the app that keeps it.</summary>
public sealed record KeptLetter(string App, Letter Letter);

/// <summary>Open letters of one topic and reason.</summary>
/// <param name="Id">Names the group.</param>
/// <param name="App">The app that keeps them.</param>
/// <param name="Topic">Their topic.</param>
/// <param name="Reason">Why they could not be handled; null when the sidecar gave them up.</param>
/// <param name="Count">How many were read.</param>
/// <param name="CanReplay">How many of them can be replayed.</param>
/// <param name="Oldest">When the oldest of them came, UTC.</param>
public sealed record LetterGroup(string Id, string App, string Topic, string? Reason, int Count, int CanReplay, DateTimeOffset Oldest);

/// <summary>Dead letters of both apps.</summary>
/// <param name="Groups">The open ones among those that were read, by topic and reason, most first.</param>
/// <param name="Letters">Those that are listed, newest first.</param>
/// <param name="Count">How many there are to list; not all are when it is more.</param>
/// <param name="Group">The group that they are of; null for any.</param>
/// <param name="Status">Their status; null for any.</param>
/// <param name="Read">How many letters were read.</param>
/// <param name="IsNewest">True when the newest were read.</param>
/// <param name="Older">Address of the page with older ones; null when there are none.</param>
/// <param name="Runs">What is remembered of runs, newest first.</param>
/// <param name="Missing">What could not be read; a sentence each.</param>
public sealed record LettersModel(
    IReadOnlyList<LetterGroup> Groups,
    IReadOnlyList<KeptLetter> Letters,
    int Count,
    string? Group,
    string? Status,
    int Read,
    bool IsNewest,
    string? Older,
    IReadOnlyList<RunModel> Runs,
    IReadOnlyList<string> Missing)
{
    /// <summary>All statuses.</summary>
    public static IReadOnlyList<string> Statuses { get; } = [Letter.Open, "REPLAYED", "DISMISSED"];
}

/// <summary>One letter in full.</summary>
/// <param name="App">The app that keeps it.</param>
/// <param name="Letter">The letter.</param>
/// <param name="Body">What it says; JSON with line breaks.</param>
/// <param name="Group">The group of its topic and reason.</param>
/// <param name="OrderLink">The page of its order; null when it is of none.</param>
/// <param name="Note">What came of the action that led here; null for none.</param>
public sealed record LetterModel(string App, Letter Letter, string Body, string Group, string? OrderLink, LetterOutcome? Note);

/// <summary>What came of an action on a letter.</summary>
/// <param name="Id">The letter.</param>
/// <param name="Action">replay or dismiss.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="Time">When it was known, UTC.</param>
/// <param name="Refusal">Why it was not done, or is not known; null when it was done.</param>
/// <param name="IsKnown">False when the app did not say.</param>
/// <param name="Earlier">The letter that has to be dealt with first; null for none.</param>
/// <param name="Now">The letter as it was read afterwards; null when it could not be read.</param>
public sealed record LetterOutcome(string Id, string Action, string By, DateTimeOffset Time, string? Refusal, bool IsKnown, string? Earlier, Letter? Now)
{
    /// <summary>False when the token does not allow it.</summary>
    public bool IsAllowed { get; init; } = true;

    /// <summary>The dismissal that was there before, which stays; null when there was none, or it has the same reason.</summary>
    public LetterDismissal? Before { get; init; }
}
