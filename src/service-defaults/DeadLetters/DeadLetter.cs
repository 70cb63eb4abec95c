using System.Text.Json.Serialization;

namespace OrderInventory.ServiceDefaults.DeadLetters;

/// <summary>What became of a dead letter.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeadLetterStatus>))]
public enum DeadLetterStatus
{
    /// <summary>Nobody has dealt with it; later letters of its key wait for it if it can be replayed.</summary>
    [JsonStringEnumMemberName("OPEN")]
    Open = 1,

    /// <summary>Published again. It is OPEN once more when it comes back.</summary>
    [JsonStringEnumMemberName("REPLAYED")]
    Replayed,

    /// <summary>Somebody decided that it does not matter.</summary>
    [JsonStringEnumMemberName("DISMISSED")]
    Dismissed,
}

/// <summary>A message that could not be handled, as it is stored: <c>deadletter:{id}</c>.</summary>
internal sealed record DeadLetter
{
    /// <summary>Follows from the topic and the event, so that the same message is one letter however often it comes.</summary>
    public required string Id { get; init; }

    /// <summary>The topic that it was published to first.</summary>
    public required string Topic { get; init; }

    /// <summary>CloudEvent id; null when the message is no CloudEvent.</summary>
    public string? EventId { get; init; }

    /// <summary>CloudEvent type; null when the message has none.</summary>
    public string? Type { get; init; }

    /// <summary>Partition key; null when the record had none.</summary>
    public string? Key { get; init; }

    /// <summary>Why it could not be handled; null when the sidecar gave it up, which does not say.</summary>
    public string? Reason { get; init; }

    /// <summary>The event's data as JSON, or of what is no event the beginning of its bytes.</summary>
    public required byte[] Body { get; init; }

    /// <summary>Bytes that the message had.</summary>
    public required int Size { get; init; }

    /// <summary>True when <see cref="Body"/> is all of the event's data and can be published again.</summary>
    public required bool CanReplay { get; init; }

    /// <summary>Where the message was in the broker when it came last, to tell a repeated delivery from a message that came back; null when the broker does not say.</summary>
    public string? Position { get; init; }

    public required DeadLetterStatus Status { get; init; }
    public required DateTimeOffset RecordedTime { get; init; }
    public int Replays { get; init; }
    public DateTimeOffset? LastReplayed { get; init; }

    /// <summary>Why it does not matter; null while it is not dismissed, and for what an earlier version dismissed.</summary>
    public Dismissal? Dismissal { get; init; }
}

/// <summary>Why a letter was dismissed.</summary>
/// <param name="Reason">What whoever dismissed it said; null for nothing.</param>
/// <param name="By">The user that their token names; null for none.</param>
/// <param name="Time">When, UTC.</param>
public sealed record Dismissal(string? Reason, string? By, DateTimeOffset Time);

/// <summary>A message that could not be handled.</summary>
/// <param name="Id">Names it here.</param>
/// <param name="Topic">The topic that it was published to first, and is replayed to.</param>
/// <param name="EventId">CloudEvent id; null when it is no CloudEvent.</param>
/// <param name="Type">CloudEvent type; null when it has none.</param>
/// <param name="Key">Partition key; letters of one key are replayed in their order. Null when it had none.</param>
/// <param name="Reason">Why it could not be handled; null when the sidecar gave it up, which does not say.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Status">OPEN, REPLAYED or DISMISSED.</param>
/// <param name="RecordedTime">When it came first, UTC.</param>
/// <param name="Replays">How often it was published again.</param>
/// <param name="LastReplayed">When that was last, UTC; null for never.</param>
/// <param name="CanReplay">False when it is no event, or too large: then it can only be dismissed, and no other waits for it.</param>
/// <param name="Dismissal">Why it was dismissed, by whom and when; null while it is not, and for what an earlier version dismissed.</param>
public sealed record DeadLetterView(
    string Id,
    string Topic,
    string? EventId,
    string? Type,
    string? Key,
    string? Reason,
    int Size,
    DeadLetterStatus Status,
    DateTimeOffset RecordedTime,
    int Replays,
    DateTimeOffset? LastReplayed,
    bool CanReplay,
    Dismissal? Dismissal)
{
    internal static DeadLetterView Of(DeadLetter letter) => new(
        letter.Id,
        letter.Topic,
        letter.EventId,
        letter.Type,
        letter.Key,
        letter.Reason,
        letter.Size,
        letter.Status,
        letter.RecordedTime,
        letter.Replays,
        letter.LastReplayed,
        letter.CanReplay,
        letter.Dismissal);
}

/// <summary>A message that could not be handled, with what it says.</summary>
/// <param name="Letter">The letter.</param>
/// <param name="Body">The event's data, or the beginning of what is no event, as text.</param>
/// <param name="CanReplay">False when it is no event, or too large: then it can only be dismissed.</param>
public sealed record DeadLetterDetails(DeadLetterView Letter, string Body, bool CanReplay);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeadLetter))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;
