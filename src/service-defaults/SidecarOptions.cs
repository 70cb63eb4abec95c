using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using OrderInventory.ServiceDefaults.Settings;

namespace OrderInventory.ServiceDefaults;

/// <summary>
/// How the app and its sidecar find and trust each other, under Dapr's own names. Dapr and dapr-local set addresses and ports
/// by themselves. Dapr's libraries read the <c>DAPR_</c> ones, too.
/// </summary>
[Settings]
public sealed class SidecarOptions
{
    /// <summary>Port of 127.0.0.1 at which the app listens.</summary>
    [ConfigurationKeyName("APP_PORT"), Range(1, 65535)]
    public int? AppPort { get; set; }

    /// <summary>
    /// What the sidecar must show to deliver messages. Without it the app warns at its start and takes deliveries from its own
    /// machine only.
    /// </summary>
    [ConfigurationKeyName("APP_API_TOKEN")]
    public string? AppToken { get; set; }

    /// <summary>Address of the sidecar's gRPC API, where it is not on this machine. When set, <c>DAPR_GRPC_PORT</c> does not count.</summary>
    [ConfigurationKeyName("DAPR_GRPC_ENDPOINT"), HttpAddress, Allowed("an address that begins with http:// or https://")]
    public string? GrpcEndpoint { get; set; }

    /// <summary>Port of the sidecar's gRPC API on this machine: state, publishing and workflows.</summary>
    [ConfigurationKeyName("DAPR_GRPC_PORT"), Range(1, 65535)]
    public int GrpcPort { get; set; } = 50001;

    /// <summary>Address of the sidecar's HTTP API, where it is not on this machine. When set, <c>DAPR_HTTP_PORT</c> does not count.</summary>
    [ConfigurationKeyName("DAPR_HTTP_ENDPOINT"), HttpAddress, Allowed("an address that begins with http:// or https://")]
    public string? HttpEndpoint { get; set; }

    /// <summary>Port of the sidecar's HTTP API on this machine: <c>/readyz</c> asks there whether the sidecar is ready.</summary>
    [ConfigurationKeyName("DAPR_HTTP_PORT"), Range(1, 65535)]
    public int HttpPort { get; set; } = 3500;

    /// <summary>What the app shows its sidecar with every call; the same as the sidecar has.</summary>
    [ConfigurationKeyName("DAPR_API_TOKEN")]
    public string? SidecarToken { get; set; }
}
