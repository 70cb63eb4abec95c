using System.Buffers;
using System.Globalization;
using System.Text;

namespace DaprLocal.Api;

/// <summary>Writes JSON in daprd's form: members sorted by name, and <c>&lt; &gt; &amp;</c> escaped.</summary>
internal static class GoJson
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\"\\<>&\u2028\u2029\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");

    /// <summary>Writes a parsed value; <paramref name="asDouble"/> rewrites every number as the double it stands for.</summary>
    public static void Write(IBufferWriter<byte> output, object? value, bool asDouble)
    {
        switch (value)
        {
            case null: output.Write("null"u8); break;
            case true: output.Write("true"u8); break;
            case false: output.Write("false"u8); break;
            case string text: WriteString(output, text); break;
            case GoNumber number: WriteAscii(output, asDouble ? Double(number.Text) : number.Text); break;
            case List<object?> list: WriteList(output, list, asDouble); break;
            case GoObject members: WriteObject(output, members, asDouble); break;
            default: throw new ArgumentException($"not a JSON value: {value.GetType()}", nameof(value));
        }
    }

    /// <summary>The bytes of <see cref="Write"/>.</summary>
    public static byte[] Serialize(object? value, bool asDouble)
    {
        var output = new ArrayBufferWriter<byte>(256);
        Write(output, value, asDouble);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes a JSON string with its quotes.</summary>
    public static void WriteString(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        output.Write("\""u8);
        while (text.IndexOfAny(Escaped) is var stop and >= 0)
        {
            Encoding.UTF8.GetBytes(text[..stop], output);
            WriteAscii(output, text[stop] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                var c => $"\\u{(int)c:x4}",
            });
            text = text[(stop + 1)..];
        }

        Encoding.UTF8.GetBytes(text, output);
        output.Write("\""u8);
    }

    /// <summary>Valid JSON without the space between its tokens, in its own order, escaped like everything else.</summary>
    public static void WriteCompact(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var c = json[i];
            if (!inString && c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') continue;
            if (c is (byte)'<' or (byte)'>' or (byte)'&')
            {
                WriteAscii(output, $"\\u{(int)c:x4}");
                continue;
            }

            if (c == 0xE2 && i + 2 < json.Length && json[i + 1] == 0x80 && (json[i + 2] & ~1) == 0xA8)
            {
                WriteAscii(output, json[i + 2] == 0xA8 ? "\\u2028" : "\\u2029");
                i += 2;
                continue;
            }

            if (c == '"') inString = !inString;
            else if (inString && c == '\\')
            {
                output.Write(json.Slice(i++, 2));
                continue;
            }

            output.Write(json.Slice(i, 1));
        }
    }

    private static void WriteList(IBufferWriter<byte> output, List<object?> list, bool asDouble)
    {
        output.Write("["u8);
        for (var i = 0; i < list.Count; i++)
        {
            if (i > 0) output.Write(","u8);
            Write(output, list[i], asDouble);
        }

        output.Write("]"u8);
    }

    private static void WriteObject(IBufferWriter<byte> output, GoObject members, bool asDouble)
    {
        // Members are sorted by their UTF-8 bytes; the ordinal order of UTF-16 differs only beyond the basic plane.
        var sorted = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in members) sorted[name] = value;
        output.Write("{"u8);
        var first = true;
        foreach (var (name, value) in sorted)
        {
            if (!first) output.Write(","u8);
            first = false;
            WriteString(output, name);
            output.Write(":"u8);
            Write(output, value, asDouble);
        }

        output.Write("}"u8);
    }

    private static string Double(string text)
    {
        var value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsInfinity(value)) throw new GoJsonException($"json: cannot unmarshal number {text} into Go value of type float64");
        if (value == 0) return double.IsNegative(value) ? "-0" : "0";
        var magnitude = Math.Abs(value);
        var (digits, exponent) = Digits(value.ToString("R", CultureInfo.InvariantCulture));
        var sign = value < 0 ? "-" : "";
        if (magnitude is < 1e-6 or >= 1e21)
        {
            var tail = digits.Length > 1 ? "." + digits[1..] : "";
            var power = Math.Abs(exponent);
            return $"{sign}{digits[0]}{tail}e{(exponent < 0 ? '-' : '+')}{(exponent < 0 || power >= 10 ? power.ToString(CultureInfo.InvariantCulture) : "0" + power)}";
        }

        if (exponent < 0) return sign + "0." + new string('0', -exponent - 1) + digits;
        if (digits.Length <= exponent + 1) return sign + digits.PadRight(exponent + 1, '0');
        return sign + digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    // The significant digits of a round-trip number and the power of ten of the first one.
    private static (string Digits, int Exponent) Digits(string number)
    {
        number = number.TrimStart('-');
        var e = number.IndexOf('E', StringComparison.Ordinal);
        var exponent = e < 0 ? 0 : int.Parse(number[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? number : number[..e];
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        exponent += (dot < 0 ? mantissa.Length : dot) - 1;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var trimmed = digits.TrimStart('0');
        exponent -= digits.Length - trimmed.Length;
        return (trimmed.TrimEnd('0'), exponent);
    }

    private static void WriteAscii(IBufferWriter<byte> output, string text) => Encoding.ASCII.GetBytes(text, output);
}
