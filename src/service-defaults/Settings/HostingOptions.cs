using Microsoft.Extensions.Configuration;

namespace OrderInventory.ServiceDefaults.Settings;

/// <summary>Settings of ASP.NET Core that matter here. It reads them itself, except that <see cref="Urls"/> decides whether <c>APP_PORT</c> counts.</summary>
[Settings(EnvironmentPrefix = "ASPNETCORE_")]
public sealed class HostingOptions
{
    /// <summary>Addresses at which the app listens. When set, <c>APP_PORT</c> does not count.</summary>
    [ConfigurationKeyName("URLS"), Allowed("addresses such as http://127.0.0.1:5101, separated by ;")]
    public string? Urls { get; set; }

    /// <summary>Ports at which the app listens on all addresses of the machine: for containers. <c>APP_PORT</c> and <c>ASPNETCORE_URLS</c> come before it.</summary>
    [ConfigurationKeyName("HTTP_PORTS"), Allowed("ports, separated by ;")]
    public string? HttpPorts { get; set; }

    /// <summary>
    /// True takes the caller's address from <c>X-Forwarded-For</c>. Only for an app that nobody but a proxy can reach, and a
    /// proxy that writes this header itself: otherwise callers choose their address.
    /// </summary>
    [ConfigurationKeyName("FORWARDEDHEADERS_ENABLED")]
    public bool ForwardedHeadersEnabled { get; set; }
}
