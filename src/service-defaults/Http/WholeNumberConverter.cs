using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>Whole numbers as JSON Schema has them: <c>1.0</c> and <c>1e0</c> are 1. What is not whole, or does not fit, is refused and never rounded.</summary>
internal sealed class WholeNumberConverter<T> : JsonConverter<T>
    where T : IBinaryInteger<T>
{
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.Number) throw new JsonException();
        return T.TryParse(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan, Style, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new ValueRefusedException(Texts.Of("The value must be a whole number, and not too large.", "值必须是整数，且不能过大。"));
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteNumberValue(long.CreateChecked(value));
}
