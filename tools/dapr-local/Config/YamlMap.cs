using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DaprLocal.Config;

/// <summary>A text value with the place it was written at.</summary>
internal sealed record YamlText(string Value, SourcePosition Position);

/// <summary>
/// One mapping of a YAML file, read strictly: a wrong type or an unknown key is an error that names file and line.
/// <paramref name="path"/> is where the mapping stands, for messages (empty at the top).
/// </summary>
internal sealed class YamlMap(string file, string path, YamlMappingNode node)
{
    /// <summary>The first line of the mapping.</summary>
    public SourcePosition Position => At(node);

    /// <summary>The keys as written, in file order.</summary>
    public IEnumerable<string> Keys => node.Children.Keys.Select(KeyOf);

    /// <summary>Refuses keys that are not among <paramref name="known"/>.</summary>
    public void AllowOnly(IReadOnlyCollection<string> known)
    {
        foreach (var key in node.Children.Keys)
        {
            if (!known.Contains(KeyOf(key)))
                throw new ConfigurationException(At(key), $"dapr-local does not know the key '{KeyOf(key)}'{Where()}; known here: {string.Join(", ", known.Order(StringComparer.Ordinal))}");
        }
    }

    /// <summary>True when the key is there and is not null.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Where the key's value stands; where the mapping begins when the key is absent.</summary>
    public SourcePosition PositionOf(string key) => node.Children.Keys.FirstOrDefault(child => KeyOf(child) == key) is { } found ? At(found) : Position;

    /// <summary>A mistake in the value of <paramref name="key"/>.</summary>
    public ConfigurationException Error(string key, string message) => new(PositionOf(key), message);

    /// <summary>A scalar as text; null when absent.</summary>
    public string? Text(string key) => Find(key) switch
    {
        null => null,
        YamlScalarNode scalar => scalar.Value,
        _ => throw Error(key, $"'{key}'{Where()} must be a single value"),
    };

    /// <summary>A scalar that must be there and not empty.</summary>
    public string RequiredText(string key) => Text(key) is { Length: > 0 } text
        ? text
        : throw Error(key, $"'{key}'{Where()} is required");

    /// <summary>A whole number within bounds; null when absent.</summary>
    public int? Integer(string key, int minimum, int maximum)
    {
        if (Text(key) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : throw Error(key, $"'{key}' must be a whole number from {minimum} to {maximum}, not '{text}'");
    }

    /// <summary><c>true</c> or <c>false</c>; null when absent.</summary>
    public bool? Flag(string key) => Text(key) switch
    {
        null => null,
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        var text => throw Error(key, $"'{key}' must be true or false, not '{text}'"),
    };

    /// <summary>A duration; null when absent.</summary>
    public TimeSpan? Duration(string key) => Text(key) is { } text
        ? Units.Duration(text) ?? throw Error(key, $"'{key}' must be a duration such as 500ms, 5s or 1m30s, not '{text}'")
        : null;

    /// <summary>A nested mapping; null when absent.</summary>
    public YamlMap? Map(string key) => Find(key) switch
    {
        null => null,
        YamlMappingNode child => new YamlMap(file, Below(key), child),
        _ => throw Error(key, $"'{key}'{Where()} must hold 'key: value' lines"),
    };

    /// <summary>A list of mappings; empty when absent.</summary>
    public IReadOnlyList<YamlMap> Maps(string key) =>
        [.. Items(key).Select((item, index) => item is YamlMappingNode child
            ? new YamlMap(file, $"{Below(key)}[{index}]", child)
            : throw new ConfigurationException(At(item), $"every entry of '{key}' must hold 'key: value' lines"))];

    /// <summary>A list of texts; empty when absent.</summary>
    public IReadOnlyList<YamlText> Texts(string key) =>
        [.. Items(key).Select(item => item is YamlScalarNode { Value: { Length: > 0 } value }
            ? new YamlText(value, At(item))
            : throw new ConfigurationException(At(item), $"every entry of '{key}' must be a single value"))];

    /// <summary>All entries as texts (environment variables, metadata), null values as "".</summary>
    public IReadOnlyDictionary<string, string> AllTexts() => Keys.ToDictionary(key => key, key => Text(key) ?? "", StringComparer.Ordinal);

    /// <summary>YAML writes null as nothing, <c>~</c> or <c>null</c>, unquoted.</summary>
    internal static bool IsNull(YamlNode value) => value is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    private IEnumerable<YamlNode> Items(string key) => Find(key) switch
    {
        null => [],
        YamlSequenceNode list => list.Children,
        _ => throw Error(key, $"'{key}'{Where()} must be a list ('- …' lines or [a, b])"),
    };

    private YamlNode? Find(string key) =>
        node.Children.FirstOrDefault(child => KeyOf(child.Key) == key).Value is { } found && !IsNull(found) ? found : null;

    private string KeyOf(YamlNode key) => key is YamlScalarNode { Value: { } text }
        ? text
        : throw new ConfigurationException(At(key), "a key must be a single word");

    private string Where() => path.Length == 0 ? "" : $" in '{path}'";

    private string Below(string key) => path.Length == 0 ? key : $"{path}.{key}";

    private SourcePosition At(YamlNode child) => new(file, (int)child.Start.Line);
}
