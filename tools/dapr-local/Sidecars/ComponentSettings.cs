using System.Globalization;
using DaprLocal.Config;

namespace DaprLocal.Sidecars;

/// <summary>Reads the metadata of one component; what is wrong ends the start with file and line.</summary>
internal sealed class ComponentSettings(ComponentManifest manifest)
{
    /// <summary>Refuses names that dapr-local does not know for the component.</summary>
    public void AllowOnly(params string[] known)
    {
        if (manifest.Metadata.Keys.FirstOrDefault(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw Wrong($"component '{manifest.Name}' has metadata '{unknown}', which dapr-local does not know for {manifest.Type}; known are {string.Join(", ", known)}");
    }

    /// <summary>A text, or the default.</summary>
    public string Text(string name, string fallback) => manifest.Metadata.TryGetValue(name, out var value) && value.Length > 0 ? value : fallback;

    /// <summary>A text that must be there.</summary>
    public string Required(string name) => Text(name, "") is { Length: > 0 } value ? value : throw Wrong($"component '{manifest.Name}' needs metadata '{name}'");

    /// <summary>A whole number within bounds, or the default.</summary>
    public int Number(string name, int fallback, int min, int max)
    {
        var text = Text(name, "");
        if (text.Length == 0) return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Wrong($"metadata '{name}' of component '{manifest.Name}' must be a number from {min} to {max}, not '{text}'");
    }

    /// <summary>A duration, or the default.</summary>
    public TimeSpan Duration(string name, TimeSpan fallback)
    {
        var text = Text(name, "");
        if (text.Length == 0) return fallback;
        return Units.Duration(text) ?? throw Wrong($"metadata '{name}' of component '{manifest.Name}' must be a duration such as 5s or 1h30m, not '{text}'");
    }

    /// <summary>One of some words, or the default.</summary>
    public T Choice<T>(string name, string fallback, IReadOnlyDictionary<string, T> choices) => choices.TryGetValue(Text(name, fallback), out var value)
        ? value
        : throw Wrong($"metadata '{name}' of component '{manifest.Name}' must be {string.Join(" or ", choices.Keys)}, not '{Text(name, fallback)}'");

    /// <summary>A duration, or whole seconds; null when it is zero or less, which turns off what it times.</summary>
    public TimeSpan? Interval(string name, TimeSpan fallback)
    {
        var text = Text(name, "");
        var value = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds)
            : Duration(name, fallback);
        return value > TimeSpan.Zero ? value : null;
    }

    /// <summary>A yes or no, or the default.</summary>
    public bool Flag(string name, bool fallback = false) => Text(name, fallback ? "true" : "false").ToLowerInvariant() switch
    {
        "true" or "t" or "1" or "y" or "yes" or "on" => true,
        "false" or "f" or "0" or "n" or "no" or "off" => false,
        var other => throw Wrong($"metadata '{name}' of component '{manifest.Name}' must be true or false, not '{other}'"),
    };

    /// <summary>A file path; relative ones lie in the data directory, and a <c>file:</c> in front is allowed.</summary>
    public string FilePath(string name, string dataDirectory)
    {
        var text = Required(name);
        if (text.StartsWith("file:", StringComparison.Ordinal)) text = text["file:".Length..];
        var query = text.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0) text = text[..query];
        return text.Length > 0 && !text.StartsWith(':') ? Path.Combine(dataDirectory, text) : throw Wrong($"metadata '{name}' of component '{manifest.Name}' must be a file path");
    }

    /// <summary>A mistake in this component.</summary>
    public ConfigurationException Wrong(string message) => new(manifest.Position, message);
}
