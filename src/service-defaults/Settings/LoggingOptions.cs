using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace OrderInventory.ServiceDefaults.Settings;

/// <summary>Settings of .NET's logging that matter here; it reads them itself. The defaults are those of appsettings.json.</summary>
[Settings("Logging", IsShared = true)]
public sealed class LoggingOptions
{
    /// <summary>The least important lines that are written. The beginning of a category, such as <c>OrderApp</c>, in place of <c>Default</c> sets it for that part.</summary>
    [ConfigurationKeyName("LogLevel:Default")]
    public LogLevel Level { get; set; } = LogLevel.Information;

    /// <summary>How lines look on standard output; <c>json</c> is one JSON object a line.</summary>
    [ConfigurationKeyName("Console:FormatterName"), AllowedValues("simple", "json", "systemd")]
    public string Format { get; set; } = "simple";

    /// <summary>True writes trace id and span id with each line.</summary>
    [ConfigurationKeyName("Console:FormatterOptions:IncludeScopes")]
    public bool IncludeScopes { get; set; }
}
