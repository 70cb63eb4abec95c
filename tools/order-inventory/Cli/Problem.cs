using System.Text.Json;

namespace OrderInventory.Cli;

/// <summary>What a problem document of an app says; nothing where it is none.</summary>
/// <param name="Code">Its stable code.</param>
/// <param name="Message">What is wrong, for people.</param>
/// <param name="Errors">What is wrong with each field of the request.</param>
internal sealed record Problem(string? Code, string? Message, IReadOnlyDictionary<string, string> Errors)
{
    private static readonly Problem None = new(null, null, new Dictionary<string, string>());

    /// <summary>Everything that it says, for people; null when it says nothing.</summary>
    public string? Text => Message is null && Errors.Count == 0 ? null : string.Join(' ', Errors.Values.Prepend(Message).OfType<string>());

    /// <summary>Reads an answer.</summary>
    public static Problem Of(JsonElement body) => body.ValueKind != JsonValueKind.Object ? None : new Problem(
        String(body, "code"),
        String(body, "message"),
        body.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Object
            ? errors.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.Array).ToDictionary(field => field.Name, field => string.Join(' ', field.Value.EnumerateArray().Select(text => text.ToString())))
            : None.Errors);

    /// <summary>Reads the text of an answer, which may be anything.</summary>
    public static Problem Of(string text)
    {
        try
        {
            return Of(JsonSerializer.Deserialize<JsonElement>(text));
        }
        catch (JsonException)
        {
            return None;
        }
    }

    private static string? String(JsonElement body, string name) => body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
