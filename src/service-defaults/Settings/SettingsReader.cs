using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace OrderInventory.ServiceDefaults.Settings;

/// <summary>Reads settings, once and before anything starts, so that a wrong one stops the start. Nothing else reads the configuration.</summary>
public static class SettingsReader
{
    /// <summary>The settings of <typeparamref name="T"/>, each with what is set or its default.</summary>
    /// <exception cref="InvalidOperationException">
    /// A value is not allowed, or a name of the section is unknown. The message names the setting, what was given and what is allowed.
    /// </exception>
    public static T Read<T>(IConfiguration configuration)
        where T : class, new()
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var place = typeof(T).GetCustomAttribute<SettingsAttribute>()!;
        var settings = Setting.Of(typeof(T));
        if (place is { Section: { } section, IsShared: false }) CheckNames(configuration.GetSection(section), settings);
        var options = new T();
        foreach (var setting in settings)
            if (configuration[setting.Key] is { Length: > 0 } text) setting.Set(options, text);
        return options;
    }

    /// <summary>Keys of the settings of <typeparamref name="T"/> that somebody has set, also when to their defaults.</summary>
    public static IReadOnlyList<string> Given<T>(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return [.. Setting.Of(typeof(T)).Select(setting => setting.Key).Where(key => configuration[key] is { Length: > 0 })];
    }

    // A misspelt name would else be a setting without effect, and an empty value could mean the default or nothing at all.
    private static void CheckNames(IConfigurationSection section, IReadOnlyList<Setting> settings)
    {
        foreach (var child in section.GetChildren())
        {
            if (!settings.Any(setting => string.Equals(setting.Key, child.Path, StringComparison.OrdinalIgnoreCase)))
                throw new InvalidOperationException($"{child.Path} is no setting; there are {string.Join(", ", settings.Select(setting => setting.Key))}.");
            if (string.IsNullOrWhiteSpace(child.Value)) throw new InvalidOperationException($"{child.Path} is empty; give it a value or leave it out.");
        }
    }
}
