namespace OrderInventory.ServiceDefaults.Settings;

/// <summary>
/// Marks a class whose properties are settings of an app. Everything that can be set is a property of such a class:
/// docs/settings.md is made from them, and a test fails for code that reads the configuration by itself.
/// </summary>
/// <param name="section">Configuration section of the settings; null when their names stand alone, as <c>APP_PORT</c> does.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SettingsAttribute(string? section = null) : Attribute
{
    /// <summary>The section; null for none.</summary>
    public string? Section { get; } = section;

    /// <summary>What the environment variable has before the name, where the host takes it away when it reads the environment.</summary>
    public string EnvironmentPrefix { get; init; } = "";

    /// <summary>True when the section belongs to a library, which may know more names than are declared here.</summary>
    public bool IsShared { get; init; }
}
