namespace DaprLocal.Config;

/// <summary>
/// What every key of a Multi-App Run file means to a pocket sidecar. Keys of the Dapr CLI that are not named here are unknown.
/// <list type="table">
/// <listheader><term>keys</term><description>treatment</description></listheader>
/// <item><term><see cref="Shared"/>, <see cref="AppOnly"/></term><description>obeyed as the Dapr CLI does.</description></item>
/// <item><term><see cref="Ignored"/></term><description>accepted without effect and without a word: they tune processes that do not exist here
/// (placement, scheduler, metrics and profiling servers, log files, containers) and cannot change what an app sees.</description></item>
/// <item><term><see cref="Noted"/></term><description>accepted with a note: the app runs, but this limit is not enforced.</description></item>
/// <item><term>appProtocol, appSSL, apiListenAddresses, unixDomainSocket</term><description>accepted with the one value that is served
/// (http, false, loopback, none); any other value is an error, because the app could not talk to its sidecar.</description></item>
/// </list>
/// </summary>
internal static class RunFileKeys
{
    /// <summary>Keys of the top level.</summary>
    public static readonly string[] Top = ["version", "name", "common", "apps"];

    /// <summary>Obeyed, in <c>common</c> or in an app.</summary>
    public static readonly string[] Shared =
    [
        "configFilePath", "resourcesPath", "resourcesPaths", "env", "maxBodySize", "enableAppHealthCheck", "appHealthCheckPath",
        "appHealthProbeInterval", "appHealthProbeTimeout", "appHealthThreshold", "appProtocol", "appSSL", "apiListenAddresses",
    ];

    /// <summary>Obeyed, in an app only.</summary>
    public static readonly string[] AppOnly =
        ["appID", "appDirPath", "command", "appPort", "appChannelAddress", "daprHTTPPort", "daprGRPCPort", "unixDomainSocket"];

    /// <summary>Accepted without effect, in <c>common</c> or in an app.</summary>
    public static readonly string[] Ignored =
    [
        "placementHostAddress", "schedulerHostAddress", "enableProfiling", "logLevel", "enableApiLogging", "runtimePath", "readBufferSize",
        "daprdLogDestination", "appLogDestination",
    ];

    /// <summary>Accepted without effect, in an app only.</summary>
    public static readonly string[] IgnoredAppOnly =
        ["daprInternalGRPCPort", "metricsPort", "profilePort", "containerImage", "containerImagePullPolicy", "createService"];

    /// <summary>Accepted with a note, in <c>common</c> or in an app.</summary>
    public static readonly string[] Noted = ["appMaxConcurrency"];

    /// <summary>Everything that may stand in <c>common</c>.</summary>
    public static readonly string[] Common = [.. Shared, .. Ignored, .. Noted];

    /// <summary>Everything that may stand in an app.</summary>
    public static readonly string[] App = [.. Common, .. AppOnly, .. IgnoredAppOnly];
}
