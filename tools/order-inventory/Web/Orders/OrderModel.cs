namespace OrderInventory.Web.Orders;

/// <summary>One thing that happened to an order.</summary>
/// <param name="Time">When it was recorded, UTC.</param>
/// <param name="SinceBefore">Time since the one before; null for the first.</param>
/// <param name="Kind">request, transition, stock, payment, refusal, letter, repeat or waiting.</param>
/// <param name="Title">What it was.</param>
/// <param name="IsBad">True for what went wrong.</param>
/// <param name="Facts">What is known of it.</param>
public sealed record TimelineEntry(DateTimeOffset Time, TimeSpan? SinceBefore, string Kind, string Title, bool IsBad, IReadOnlyList<Fact> Facts);

/// <summary>Something known, with the page that tells more.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">Its value.</param>
/// <param name="Link">Where more of it is; null for nowhere.</param>
public sealed record Fact(string Label, string Value, string? Link = null);

/// <summary>How an invariant stands for one order.</summary>
public enum Verdict
{
    /// <summary>It holds.</summary>
    Holds = 1,

    /// <summary>It is violated.</summary>
    Violated,

    /// <summary>It cannot be said yet: the order is on its way.</summary>
    Waits,

    /// <summary>What would tell could not be read.</summary>
    Unknown,
}

/// <summary>An invariant for one order, with what it was judged by.</summary>
/// <param name="Invariant">I1 to I8.</param>
/// <param name="Says">What it promises.</param>
/// <param name="Verdict">How it stands.</param>
/// <param name="Evidence">What it was judged by, a sentence each.</param>
public sealed record Judged(string Invariant, string Says, Verdict Verdict, IReadOnlyList<string> Evidence);

/// <summary>Why an order is not at rest yet.</summary>
/// <param name="Command">What it carries out.</param>
/// <param name="Since">Since when, UTC.</param>
/// <param name="Seconds">The same in whole seconds.</param>
/// <param name="Reasons">What it waits for and what was tried, a sentence each.</param>
public sealed record WaitReason(string Command, DateTimeOffset Since, long Seconds, IReadOnlyList<string> Reasons);

/// <summary>Everything that is known of one order.</summary>
/// <param name="Order">The order.</param>
/// <param name="Saga">How it was driven; null when the token does not allow to see it.</param>
/// <param name="Timeline">What happened, oldest first.</param>
/// <param name="Judged">I1 to I8.</param>
/// <param name="Wait">Why it is not at rest; null when it is.</param>
/// <param name="TraceLink">Where the trace of its request is; null when it had none or traces are not linked.</param>
/// <param name="Missing">What could not be read, and so is not shown; a sentence each.</param>
public sealed record OrderModel(ShownOrder Order, Saga? Saga, IReadOnlyList<TimelineEntry> Timeline, IReadOnlyList<Judged> Judged, WaitReason? Wait, string? TraceLink, IReadOnlyList<string> Missing)
{
    /// <summary>Its workflow as the engine has it; null when no sidecar was given, or it has none of this name.</summary>
    public EngineState? Engine { get; init; }

    /// <summary>What the processes that answered remember of repeats; they are in the timeline.</summary>
    public IReadOnlyList<RepeatsOfApp> Remembered { get; init; } = [];
}
