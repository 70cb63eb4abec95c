namespace OrderInventory.DeadLetters;

/// <summary>Why a letter was dismissed.</summary>
public sealed record LetterDismissal(string? Reason, string? By, DateTimeOffset Time);

/// <summary>A dead letter as an app shows it; the members are those of docs/api.md.</summary>
public sealed record Letter(
    string Id, string Topic, string? EventId, string? Type, string? Key, string? Reason, int Size, string Status, DateTimeOffset RecordedTime, int Replays, DateTimeOffset? LastReplayed, bool CanReplay)
{
    /// <summary>The status of what nobody has dealt with.</summary>
    public const string Open = "OPEN";

    /// <summary>Why it was dismissed; null while it is not, and from earlier versions.</summary>
    public LetterDismissal? Dismissal { get; init; }
}

/// <summary>A dead letter with what it says.</summary>
public sealed record LetterDetails(Letter Letter, string Body);

/// <summary>Which letters are meant: those for which all that is given holds.</summary>
internal sealed record LetterFilter(string? Topic, string? Key, string? Reason, bool UnreadableOnly)
{
    /// <summary>True when nothing is given: every letter is meant.</summary>
    public bool IsEmpty => this is { Topic: null, Key: null, Reason: null, UnreadableOnly: false };

    /// <summary>True when <paramref name="letter"/> is meant. Topic and key are compared as a whole, of the reason a part is enough, in any case.</summary>
    public bool Takes(Letter letter) =>
        (Topic ?? letter.Topic) == letter.Topic && (Key ?? letter.Key) == letter.Key
        && (Reason is null || letter.Reason?.Contains(Reason, StringComparison.OrdinalIgnoreCase) == true)
        && !(UnreadableOnly && letter.CanReplay);
}

/// <summary>What an app answered to a command: the letter as it is then, or why it was refused.</summary>
/// <param name="Letter">The letter; null when it was refused.</param>
/// <param name="Code">The code of the refusal; null for none.</param>
/// <param name="Message">Why it was refused, for people.</param>
/// <param name="Earlier">The letter of the same key that has to be dealt with first; null for none.</param>
internal sealed record LetterAnswer(Letter? Letter, string? Code, string? Message, string? Earlier);
