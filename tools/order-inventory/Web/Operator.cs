using System.Buffers.Text;
using System.Text.Json;

namespace OrderInventory.Web;

/// <summary>Who uses the console, for its log. The apps check the token; here it only says a name.</summary>
/// <param name="Name">What the token calls them, or without one the user of this machine.</param>
internal sealed record Operator(string Name)
{
    private const int MaxLength = 128;
    private static readonly string[] NameClaims = ["preferred_username", "email", "sub"];

    /// <summary>The operator of this token; null for none.</summary>
    public static Operator Of(string? token, string user) => new(Printable(token is null ? user : NameIn(token) ?? "the holder of the token"));

    private static string? NameIn(string token)
    {
        try
        {
            if (token.Split('.') is not [_, var payload, _]) return null;
            var claims = JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(payload));
            return claims.ValueKind != JsonValueKind.Object ? null : NameClaims
                .Select(name => claims.TryGetProperty(name, out var claim) && claim.ValueKind == JsonValueKind.String ? claim.GetString() : null)
                .FirstOrDefault(name => !string.IsNullOrWhiteSpace(name));
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return null;
        }
    }

    // It comes from outside, and a log has one line for one action.
    private static string Printable(string name)
    {
        var printable = string.Concat(name.Where(character => !char.IsControl(character)));
        return printable.Length <= MaxLength ? printable : printable[..MaxLength] + "…";
    }
}
