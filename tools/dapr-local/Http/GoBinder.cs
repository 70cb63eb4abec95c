using System.Globalization;
using DaprLocal.Api;

namespace DaprLocal.Http;

/// <summary>Takes typed values out of parsed JSON, with the words of daprd where a type does not fit. Null fits everywhere.</summary>
internal static class GoBinder
{
    /// <summary>A string member, or null.</summary>
    public static string? String(GoObject members, string name, string path) =>
        !members.TryGet(name, out var value) || value is null ? null : value as string ?? throw Mismatch(value, path, "string");

    /// <summary>A member that maps strings to strings.</summary>
    public static Dictionary<string, string> Map(GoObject members, string name, string path)
    {
        var result = new Dictionary<string, string>();
        if (!members.TryGet(name, out var value) || value is null) return result;
        if (value is not GoObject map) throw Mismatch(value, path, "map[string]string");
        foreach (var (key, item) in map) result[key] = item is null ? "" : item as string ?? throw Mismatch(item, path, "string");
        return result;
    }

    /// <summary>The complaint about a value inside a struct.</summary>
    public static GoJsonException Mismatch(object value, string path, string type) => new($"json: cannot unmarshal {Kind(value)} into Go struct field {path} of type {type}");

    /// <summary>The complaint about a value that is a whole.</summary>
    public static GoJsonException Mismatch(object value, string type) => new($"json: cannot unmarshal {Kind(value)} into Go value of type {type}");

    /// <summary>A value inside a transaction's request must be a string; daprd words this differently there.</summary>
    public static string? LooseString(object? value, string name) =>
        value is null or string ? value as string : throw new GoJsonException($"1 error(s) decoding:\n\n* '{name}' expected type 'string', got unconvertible type '{LooseKind(value)}', value: '{LooseText(value)}'");

    private static string Kind(object value) => value switch
    {
        string => "string",
        bool => "bool",
        GoNumber => "number",
        GoObject => "object",
        _ => "array",
    };

    private static string LooseKind(object value) => value switch
    {
        bool => "bool",
        GoNumber => "float64",
        GoObject => "map[string]interface {}",
        _ => "[]interface {}",
    };

    private static string LooseText(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        GoNumber number => double.Parse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        _ => "",
    };
}
