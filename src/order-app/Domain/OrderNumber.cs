using System.Buffers.Binary;

namespace OrderApp.Domain;

/// <summary>The number that people use for an order: ORD and the order id in Crockford's base 32, so different orders never share one.</summary>
internal static class OrderNumber
{
    private const string Prefix = "ORD";
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Digits = 26;

    /// <summary>Numbers, as a regular expression of JSON Schema.</summary>
    public const string Pattern = "^ORD[0-7][0-9A-HJKMNP-TV-Z]{25}$";

    /// <summary>The number of the order <paramref name="id"/>: 29 characters that sort like the id.</summary>
    public static string Of(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        Span<char> text = stackalloc char[Digits];
        for (var i = Digits - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(value & 31)];
            value >>= 5;
        }

        return string.Concat(Prefix, text);
    }

    /// <summary>The id of the order with this number; null for what is no number. Small letters are read as large ones, O as 0, I and L as 1.</summary>
    public static Guid? IdOf(string orderNo)
    {
        if (orderNo.Length != Prefix.Length + Digits || !orderNo.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return null;
        UInt128 value = 0;
        foreach (var letter in orderNo[Prefix.Length..].ToUpperInvariant())
        {
            var digit = Alphabet.IndexOf(letter switch { 'O' => '0', 'I' or 'L' => '1', _ => letter }, StringComparison.Ordinal);
            // 130 bits do not fit into 128.
            if (digit < 0 || value >> 123 != 0) return null;
            value = (value << 5) | (uint)digit;
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return new Guid(bytes, bigEndian: true);
    }
}
