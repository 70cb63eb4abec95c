using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>
/// Amounts of money, digit for digit: a JSON number, or text of the same form. At most 18 digits before the point and 2 after it, trailing
/// zeros aside; anything else is refused, never rounded.
/// </summary>
public sealed partial class AmountConverter : JsonConverter<decimal>
{
    private const int MaxInteger = 18;
    private const int MaxFraction = 2;
    private const int MaxText = 100;

    private const string Pattern = @"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$";

    /// <summary>Describes amounts in the OpenAPI document.</summary>
    internal static void Describe(OpenApiOptions options) => options.AddSchemaTransformer((schema, context, _) =>
    {
        if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(JsonConverterAttribute), false).OfType<JsonConverterAttribute>().Any(converter => converter.ConverterType == typeof(AmountConverter)) != true) return Task.CompletedTask;
        schema.Type = JsonSchemaType.Number | JsonSchemaType.String | JsonSchemaType.Null;
        schema.Pattern = Pattern;
        return Task.CompletedTask;
    });

    /// <inheritdoc/>
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String)) throw new JsonException();
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.ASCII.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
        if (text.Length > MaxText || Form().Match(text) is not { Success: true } form || !Fits(form))
            throw Refused(Texts.Of($"An amount has at most {MaxInteger} digits before and {MaxFraction} after the point.", $"金额小数点前最多 {MaxInteger} 位，小数点后最多 {MaxFraction} 位。"));
        return decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumberValue(value);
    }

    // With the cause as JsonBody tells it.
    private static JsonException Refused(string message) => new(message, new FormatException(message));

    private static bool Fits(Match form)
    {
        var (integer, fraction) = (form.Groups["integer"].Value, form.Groups["fraction"].Value);
        var digits = (integer + fraction).TrimEnd('0');
        var point = integer.Length + (form.Groups["exponent"].Success ? int.Parse(form.Groups["exponent"].Value, CultureInfo.InvariantCulture) : 0);
        var zeros = digits.Length - digits.TrimStart('0').Length;
        return digits.Length == zeros || (point - zeros <= MaxInteger && digits.Length - point <= MaxFraction);
    }

    [GeneratedRegex(@"^-?(?<integer>0|[1-9][0-9]*)(?:\.(?<fraction>[0-9]+))?(?:[eE](?<exponent>[+-]?[0-9]{1,3}))?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
