using System.Globalization;
using System.Text;

namespace DaprLocal.Api;

/// <summary>
/// Reads JSON as strictly and as loosely as daprd does, with its error texts, because both are part of its answers:
/// bytes that are not UTF-8 and lone surrogates become U+FFFD, a repeated member is allowed. Values are null, bool,
/// string, <see cref="GoNumber"/>, <see cref="List{T}"/> and <see cref="GoObject"/>.
/// </summary>
internal ref struct GoJsonParser
{
    private const int MaxDepth = 1000;
    private readonly ReadOnlySpan<byte> _text;
    private readonly string _endOfInput;
    private int _position;
    private int _depth;

    private GoJsonParser(ReadOnlySpan<byte> text, string endOfInput)
    {
        _text = text;
        _endOfInput = endOfInput;
    }

    /// <summary>Parses all of <paramref name="text"/>.</summary>
    public static object? Parse(ReadOnlySpan<byte> text)
    {
        var parser = new GoJsonParser(text, "unexpected end of JSON input");
        var value = parser.Value();
        parser.SkipSpace();
        if (parser._position < text.Length) throw parser.Invalid("after top-level value");
        return value;
    }

    /// <summary>Parses the first value of <paramref name="text"/> and ignores what follows.</summary>
    public static object? ParseFirst(ReadOnlySpan<byte> text)
    {
        var parser = new GoJsonParser(text, "unexpected EOF");
        parser.SkipSpace();
        if (parser._position == text.Length) throw new GoJsonException("EOF");
        return parser.Value();
    }

    private object? Value()
    {
        SkipSpace();
        switch (Peek())
        {
            case (byte)'{': return Object();
            case (byte)'[': return Array();
            case (byte)'"': return String();
            case (byte)'t': Literal("true"); return true;
            case (byte)'f': Literal("false"); return false;
            case (byte)'n': Literal("null"); return null;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'): return Number();
            default: throw Invalid("looking for beginning of value");
        }
    }

    private GoObject Object()
    {
        Enter();
        var result = new GoObject();
        if (TryEnd((byte)'}')) return result;
        while (true)
        {
            SkipSpace();
            if (Peek() != '"') throw Invalid("looking for beginning of object key string");
            var name = String();
            SkipSpace();
            if (Peek() != ':') throw Invalid("after object key");
            _position++;
            result.Add(new(name, Value()));
            SkipSpace();
            if (Peek() == ',') _position++;
            else if (TryEnd((byte)'}')) return result;
            else throw Invalid("after object key:value pair");
        }
    }

    private List<object?> Array()
    {
        Enter();
        var result = new List<object?>();
        if (TryEnd((byte)']')) return result;
        while (true)
        {
            result.Add(Value());
            SkipSpace();
            if (Peek() == ',') _position++;
            else if (TryEnd((byte)']')) return result;
            else throw Invalid("after array element");
        }
    }

    private void Enter()
    {
        if (++_depth > MaxDepth) throw new GoJsonException("exceeded max depth");
        _position++;
    }

    private bool TryEnd(byte close)
    {
        SkipSpace();
        if (Peek() != close) return false;
        _position++;
        _depth--;
        return true;
    }

    private string String()
    {
        var start = ++_position;
        while (Peek() is var c && c != '"')
        {
            if (c == '\\') return Escaped(start);
            if (c < 0x20) throw Invalid("in string literal");
            _position++;
        }

        return Encoding.UTF8.GetString(_text[start.._position++]);
    }

    private string Escaped(int start)
    {
        var text = new StringBuilder();
        while (true)
        {
            var c = Peek();
            if (c < 0x20) throw Invalid("in string literal");
            if (c is (byte)'"' or (byte)'\\')
            {
                text.Append(Encoding.UTF8.GetString(_text[start.._position++]));
                if (c == '"') return text.ToString();
                Escape(text);
                start = _position;
            }
            else
            {
                _position++;
            }
        }
    }

    private void Escape(StringBuilder text)
    {
        var c = Peek();
        if (c == 'u')
        {
            _position++;
            AppendUnit(text, Hex());
            return;
        }

        text.Append(c switch
        {
            (byte)'"' => '"',
            (byte)'\\' => '\\',
            (byte)'/' => '/',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            _ => throw Invalid("in string escape code"),
        });
        _position++;
    }

    private void AppendUnit(StringBuilder text, char unit)
    {
        if (char.IsHighSurrogate(unit) && _position + 1 < _text.Length && _text[_position] == '\\' && _text[_position + 1] == 'u')
        {
            var back = _position;
            _position += 2;
            var low = Hex();
            if (char.IsLowSurrogate(low))
            {
                text.Append(unit).Append(low);
                return;
            }

            _position = back;
        }

        text.Append(char.IsSurrogate(unit) ? '\uFFFD' : unit);
    }

    private char Hex()
    {
        var value = 0;
        for (var i = 0; i < 4; i++)
        {
            if (!char.IsAsciiHexDigit((char)Peek())) throw Invalid("in \\u hexadecimal character escape");
            value = (value << 4) | Convert.ToInt32(((char)_text[_position++]).ToString(), 16);
        }

        return (char)value;
    }

    private GoNumber Number()
    {
        var start = _position;
        if (_text[_position] == '-') _position++;
        if (Peek() == '0') _position++;
        else if (char.IsAsciiDigit((char)Peek())) Digits();
        else throw Invalid("in numeric literal");
        if (At('.'))
        {
            _position++;
            if (!char.IsAsciiDigit((char)Peek())) throw Invalid("after decimal point in numeric literal");
            Digits();
        }

        if (At('e') || At('E'))
        {
            _position++;
            if (Peek() is (byte)'+' or (byte)'-') _position++;
            if (!char.IsAsciiDigit((char)Peek())) throw Invalid("in exponent of numeric literal");
            Digits();
        }

        return new GoNumber(Encoding.ASCII.GetString(_text[start.._position]));
    }

    private void Digits()
    {
        while (_position < _text.Length && char.IsAsciiDigit((char)_text[_position])) _position++;
    }

    private readonly bool At(char c) => _position < _text.Length && _text[_position] == c;

    private void Literal(string word)
    {
        for (var i = 0; i < word.Length; i++, _position++)
        {
            if (Peek() != word[i]) throw Invalid(string.Create(CultureInfo.InvariantCulture, $"in literal {word} (expecting '{word[i]}')"));
        }
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && _text[_position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') _position++;
    }

    private readonly byte Peek() => _position < _text.Length ? _text[_position] : throw new GoJsonException(_endOfInput);

    private readonly GoJsonException Invalid(string where)
    {
        var c = (char)Peek();
        var shown = c switch
        {
            '\'' => "\\'",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            < ' ' or '\x7f' => $"\\x{(int)c:x2}",
            _ => c.ToString(),
        };
        return new GoJsonException($"invalid character '{shown}' {where}");
    }
}
