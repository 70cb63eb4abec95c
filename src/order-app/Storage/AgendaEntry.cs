using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrderApp.Domain;

namespace OrderApp.Storage;

/// <summary>Why orders have to be looked at.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AgendaKind>))]
internal enum AgendaKind
{
    /// <summary>A group drives them, and has to come to its end.</summary>
    [JsonStringEnumMemberName("GROUP")]
    Group = 1,

    /// <summary>They are cancelled unless they are paid by then.</summary>
    [JsonStringEnumMemberName("DEADLINE")]
    Deadline,

    /// <summary>A version before groups drove them, each by a workflow of its own.</summary>
    [JsonStringEnumMemberName("EARLIER")]
    Earlier,
}

/// <summary>Orders that have to be looked at, and when.</summary>
/// <param name="Id">Unique; the same entry may be written more than once.</param>
/// <param name="Kind">Why.</param>
/// <param name="Group">The group that drives them; null when none does.</param>
/// <param name="Orders">The orders.</param>
/// <param name="Due">When to look.</param>
/// <param name="Since">Since when the entry is on the agenda, however often it was put off.</param>
/// <param name="Looks">How often somebody looked and had to do something, without an end so far.</param>
internal sealed record AgendaEntry(string Id, AgendaKind Kind, string? Group, ImmutableArray<string> Orders, DateTimeOffset Due, DateTimeOffset Since, int Looks = 0);

/// <summary>Entries that are due within the same ten seconds (<c>agenda:{ten seconds}:{shard}</c>).</summary>
internal sealed record AgendaPage(ImmutableArray<AgendaEntry> Entries)
{
    /// <summary>Members that a newer version wrote; they are kept (design rule 11).</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>An order that does not come to rest.</summary>
internal sealed record StuckOrder(string OrderId, DateTimeOffset Since, int Attempts, DateTimeOffset? LastAttempt, OrderCommand? WaitsFor);

/// <summary>How far the agenda is worked off (<c>agenda</c>); one document for all replicas.</summary>
/// <param name="Through">All pages up to these ten seconds are done.</param>
/// <param name="LastLook">When a replica last looked.</param>
/// <param name="Stuck">Orders that were looked at more than twice, at most 1 000.</param>
/// <param name="EarlierThrough">The Unix second up to which the orders of a version before groups are on the agenda; null before the first look.</param>
internal sealed record AgendaProgress(long Through, DateTimeOffset LastLook, ImmutableArray<StuckOrder> Stuck, long? EarlierThrough)
{
    /// <summary>Orders that the last look at them found on their way, those that wait longest; null in what earlier versions wrote.</summary>
    public ImmutableArray<StuckOrder>? Waiting { get; init; }

    /// <summary>Nothing is done yet, and nothing was on the agenda before <paramref name="now"/>.</summary>
    public static AgendaProgress Beginning(DateTimeOffset now) => new(AgendaPages.LastClosed(now), DateTimeOffset.MinValue, [], null);

    /// <summary>Members that a newer version wrote; they are kept (design rule 11).</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
