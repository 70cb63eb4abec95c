using System.Text;
using System.Text.Json;

namespace OrderInventory.Web;

/// <summary>Who acts, for the log.</summary>
internal sealed record Operator(string Name)
{
    private static readonly string[] Claims = ["preferred_username", "email", "sub"];

    /// <summary>Who the token names, else who is logged in on this machine. The apps check tokens; here it is only a name.</summary>
    public static Operator Of(string? token) => new(NameIn(token) ?? Environment.UserName);

    private static string? NameIn(string? token)
    {
        if (token?.Split('.') is not [_, var payload, _]) return null;
        try
        {
            var bytes = Convert.FromBase64String(payload.Replace('-', '+').Replace('_', '/').PadRight((payload.Length + 3) / 4 * 4, '='));
            var claims = JsonSerializer.Deserialize<JsonElement>(Encoding.UTF8.GetString(bytes));
            return claims.ValueKind != JsonValueKind.Object ? null
                : Claims.Select(claim => claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null).FirstOrDefault(name => name is { Length: > 0 });
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return null;
        }
    }
}
