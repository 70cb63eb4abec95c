using System.Text;

namespace DaprLocal.PubSub;

/// <summary>Record headers as one column: a count, then names and values with their lengths.</summary>
internal static class HeaderCodec
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    /// <summary>The column; null when there are no headers.</summary>
    public static byte[]? Encode(IReadOnlyDictionary<string, string> headers)
    {
        if (headers.Count == 0) return null;
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write7BitEncodedInt(headers.Count);
        foreach (var (name, value) in headers)
        {
            writer.Write(name);
            writer.Write(value);
        }

        return stream.ToArray();
    }

    /// <summary>The headers of a column.</summary>
    public static IReadOnlyDictionary<string, string> Decode(byte[]? column)
    {
        if (column is null) return None;
        using var reader = new BinaryReader(new MemoryStream(column), Encoding.UTF8);
        var count = reader.Read7BitEncodedInt();
        var headers = new Dictionary<string, string>(count);
        for (var i = 0; i < count; i++) headers[reader.ReadString()] = reader.ReadString();
        return headers;
    }
}
