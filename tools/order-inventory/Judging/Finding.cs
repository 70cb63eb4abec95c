namespace OrderInventory.Judging;

/// <summary>A violated invariant.</summary>
/// <param name="Invariant">I1 to I8.</param>
/// <param name="Ids">What it is about: product, order, operation, key or event ids.</param>
/// <param name="Sentence">What is wrong, for people.</param>
/// <param name="Identity">Equal in two readings when it is the same thing that is still wrong: an order that moved on in between is another one.</param>
internal sealed record Finding(string Invariant, IReadOnlyList<string> Ids, string Sentence, string Identity)
{
    /// <summary>I6: the line of the order whose state contradicts it; null where the finding is not about one line.</summary>
    public int? Line { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Invariant}: {Sentence}";
}
