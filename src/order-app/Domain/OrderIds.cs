using System.Buffers.Binary;

namespace OrderApp.Domain;

/// <summary>Order ids are UUIDv7 (RFC 9562, section 5.7): they begin with the time at which they were made.</summary>
internal static class OrderIds
{
    /// <summary>When the id was made, to the millisecond.</summary>
    public static DateTimeOffset CreatedTime(this Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16);
    }
}
