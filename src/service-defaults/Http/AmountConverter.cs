using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>
/// Amounts of money, digit for digit: a JSON number, or text of the same form without an exponent. At most 18 digits before the point and 2 after it, trailing
/// zeros aside; anything else is refused, never rounded.
/// </summary>
public sealed partial class AmountConverter : JsonConverter<decimal>
{
    private const int MaxInteger = 18;
    private const int MaxFraction = 2;
    private const int MaxText = 100;

    // Text from 0.01 on. As a number a client may write more zeros, or an exponent.
    private const string Pattern = @"^([1-9][0-9]{0,17}(\.[0-9]{1,2}0*)?|0\.(0[1-9]|[1-9][0-9]?)0*)$";

    /// <summary>Smallest amount of an order.</summary>
    public const decimal Least = 0.01m;

    /// <summary>Largest amount that can be named.</summary>
    public const decimal Most = 999_999_999_999_999_999.99m;

    /// <summary>Format of amounts in the OpenAPI document; generators that know it do not make a floating-point number of them.</summary>
    internal const string Format = "decimal";

    /// <summary>Describes an amount that a client gives.</summary>
    internal static void Describe(OpenApiSchema schema, bool isOptional)
    {
        schema.Type = JsonSchemaType.Number | JsonSchemaType.String | (isOptional ? JsonSchemaType.Null : 0);
        schema.Format = Format;
        schema.Minimum = Least.ToString(CultureInfo.InvariantCulture);
        // The largest floating-point number with 18 digits: JSON Schema compares numbers as such.
        schema.Maximum = "999999999999999872";
        schema.MultipleOf = Least;
        schema.Pattern = Pattern;
        schema.MaxLength = MaxText;
    }

    /// <summary>Says that an amount is less than <see cref="Least"/>.</summary>
    public static string TooSmall() => Texts.Of($"amount must be at least {Least}.", $"amount 不得小于 {Least}。");

    /// <inheritdoc/>
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String)) throw new JsonException();
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.ASCII.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
        if (text.Length > MaxText || Form().Match(text) is not { Success: true } form || !Fits(form) || (reader.TokenType == JsonTokenType.String && form.Groups["exponent"].Success))
            throw new ValueRefusedException(Texts.Of($"An amount is written with digits and a point, and has at most {MaxInteger} digits before and {MaxFraction} after the point.", $"金额由数字和小数点组成，小数点前最多 {MaxInteger} 位，小数点后最多 {MaxFraction} 位。"));
        return decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumberValue(value);
    }

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
