using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrderApp.Domain;

/// <summary>
/// Ids of orders. They follow from user and idempotency key, so an order is the claim of its key: whoever stores it first
/// has it, and every retry meets it.
/// </summary>
internal static class OrderIds
{
    /// <summary>UUID version 8 (RFC 9562, section 5.8): the first 122 free bits of a SHA-256 over user and key.</summary>
    public static Guid Of(string userId, string idempotencyKey)
    {
        // The length says where the user ends, so that no other pair gives the same text.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{userId.Length}:{userId}{idempotencyKey}"))).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    /// <summary>The id that a text is, in capitals or not (RFC 9562 section 4), as it is stored; null when it is none. What else .NET takes for one (spaces, signs, <c>0x</c>) would be a second name of an order.</summary>
    public static string? Parse(string text) =>
        Guid.TryParseExact(text, "D", out var id) && id.ToString() is var stored && stored.Equals(text, StringComparison.OrdinalIgnoreCase) ? stored : null;
}
