using OrderInventory.Web.Audits;
using OrderInventory.Web.Products;

namespace OrderInventory.Web.Crash;

/// <summary>Something that was broken on purpose.</summary>
/// <param name="What">What it was.</param>
/// <param name="Began">When, UTC.</param>
/// <param name="Ended">When it was put together again, UTC; null while it is not.</param>
/// <param name="Problem">Why it could not be done; null when it could.</param>
public sealed record Fault(string What, DateTimeOffset Began, DateTimeOffset? Ended, string? Problem);

/// <summary>What became of the orders of the load.</summary>
/// <param name="IsRunning">True while new ones are placed.</param>
/// <param name="Sent">Orders that were asked for.</param>
/// <param name="Accepted">Those that an answer accepted.</param>
/// <param name="Decided">Those that became CONFIRMED or CANCELLED.</param>
/// <param name="OldestOpen">Whole seconds since the oldest accepted one that is not decided was accepted; null for none.</param>
/// <param name="Repeated">Requests that got no answer, or were repeated on purpose, and were sent again with the same key.</param>
/// <param name="Different">Repeated requests that were answered with another order.</param>
/// <param name="Lost">Accepted orders that the system does not know.</param>
public sealed record LoadCounts(bool IsRunning, long Sent, long Accepted, long Decided, long? OldestOpen, long Repeated, long Different, long Lost);

/// <summary>The page on which a run is broken.</summary>
/// <param name="Apps">The apps that can be killed.</param>
/// <param name="Load">What became of the load.</param>
/// <param name="Stock">The product that it orders; null when it does not exist, or cannot be read.</param>
/// <param name="Faults">What was broken, newest first.</param>
/// <param name="Audit">The last audit.</param>
public sealed record CrashModel(IReadOnlyList<string> Apps, LoadCounts Load, ShownStock? Stock, IReadOnlyList<Fault> Faults, AuditModel Audit);
