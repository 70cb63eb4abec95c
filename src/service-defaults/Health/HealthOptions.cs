using System.ComponentModel.DataAnnotations;
using OrderInventory.ServiceDefaults.Settings;

namespace OrderInventory.ServiceDefaults.Health;

/// <summary>When an app gives up on its sidecar, configuration section <c>Health</c>.</summary>
[Settings("Health")]
public sealed class HealthOptions
{
    /// <summary>
    /// After this time without its sidecar <c>/livez</c> fails, so that the platform restarts the app; zero is never. It counts only once
    /// the sidecar has answered, and should leave the sidecar time to come back by itself.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan SidecarLostAfter { get; set; } = TimeSpan.FromMinutes(5);
}
