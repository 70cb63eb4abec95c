using System.Text.Json;

namespace OrderInventory.ServiceDefaults.Messaging;

/// <summary>One entry of a bulk delivery, not looked into.</summary>
/// <param name="EntryId">Names it in the answer.</param>
/// <param name="Event">The CloudEvent as its bytes came; the whole entry when it has none.</param>
/// <param name="Key">Partition key of the record; null when it had none.</param>
internal sealed record BulkEntry(string EntryId, ReadOnlyMemory<byte> Event, string? Key)
{
    // Whatever an event holds, however deep, the entries beside it are found. The reader keeps one bit for each level.
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>The entries of a body as daprd sends it.</summary>
    /// <exception cref="JsonException">The body itself is not what daprd sends.</exception>
    public static IReadOnlyList<BulkEntry> Read(ReadOnlyMemory<byte> body)
    {
        var entries = new List<BulkEntry>();
        var reader = new Utf8JsonReader(body.Span, AnyDepth);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("The body is not a bulk delivery.");
        while (NextMember(ref reader) is { } name)
        {
            if (name != "entries")
            {
                reader.Skip();
                continue;
            }

            if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("entries is not a list.");
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject) entries.Add(ReadEntry(ref reader, body));
            if (reader.TokenType != JsonTokenType.EndArray) throw new JsonException("An entry is not an object.");
        }

        return entries;
    }

    private static BulkEntry ReadEntry(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        var start = (int)reader.TokenStartIndex;
        string? entryId = null, key = null;
        ReadOnlyMemory<byte>? cloudEvent = null;
        while (NextMember(ref reader) is { } name)
        {
            var value = (int)reader.TokenStartIndex;
            if (name == "entryId") entryId = Text(ref reader);
            else if (name == "metadata" && reader.TokenType == JsonTokenType.StartObject) key = ReadKey(ref reader);
            else reader.Skip();
            if (name == "event") cloudEvent = body[value..(int)reader.BytesConsumed];
        }

        return new BulkEntry(entryId ?? throw new JsonException("An entry has no entryId."), cloudEvent ?? body[start..(int)reader.BytesConsumed], key);
    }

    private static string? ReadKey(ref Utf8JsonReader reader)
    {
        string? key = null;
        while (NextMember(ref reader) is { } name)
        {
            if (name == "__key" && reader.TokenType == JsonTokenType.String) key = Text(ref reader);
            else reader.Skip();
        }

        return key;
    }

    // The name of the next member, with the reader at its value; null at the end of the object.
    private static string? NextMember(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndObject) return null;
        var name = Text(ref reader);
        reader.Read();
        return name ?? "";
    }

    // Null for what is no text: half of a surrogate pair, escaped.
    private static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
