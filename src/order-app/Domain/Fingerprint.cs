using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrderApp.Domain;

/// <summary>
/// Tells whether two requests with one idempotency key mean the same order: SHA-256 over the meaningful fields in a
/// fixed form, in which 42.5 and 42.50 are equal and no text can pass for another.
/// </summary>
internal static class Fingerprint
{
    /// <summary>64 lower-case hexadecimal digits.</summary>
    public static string Of(PlacedOrder order)
    {
        var text = new StringBuilder();
        Append(text, order.UserId);
        Append(text, order.Remark ?? "");
        foreach (var line in order.Lines)
        {
            Append(text, line.ProductId);
            Append(text, line.Quantity.ToString(CultureInfo.InvariantCulture));
            Append(text, line.Amount.ToString("G29", CultureInfo.InvariantCulture));
        }

        if (order.PaymentDeadline is { } deadline) Append(text, deadline.ToString("c", CultureInfo.InvariantCulture));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    // Length before text, so that the borders between fields are part of what is hashed.
    private static void Append(StringBuilder text, string field) => text.Append(field.Length).Append(':').Append(field);
}
