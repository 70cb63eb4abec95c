namespace DaprLocal.Config;

/// <summary>The keys of a Multi-App Run file that dapr-local knows; any other one, also of the Dapr CLI, is refused.</summary>
internal static class RunFileKeys
{
    /// <summary>Keys of the top level.</summary>
    public static readonly string[] Top = ["version", "name", "common", "apps"];

    /// <summary>
    /// Everything that may stand in <c>common</c>. The second line is accepted without effect: it tunes processes that do not exist
    /// here (placement, scheduler, log files) and cannot change what an app sees.
    /// </summary>
    public static readonly string[] Common =
    [
        "configFilePath", "resourcesPaths", "env", "maxBodySize", "enableAppHealthCheck", "appHealthCheckPath", "appHealthProbeInterval", "appHealthProbeTimeout", "appHealthThreshold",
        "placementHostAddress", "schedulerHostAddress", "enableProfiling", "logLevel", "enableApiLogging", "runtimePath", "daprdLogDestination", "appLogDestination",
    ];

    /// <summary>Everything that may stand in an app; the second line is accepted without effect.</summary>
    public static readonly string[] App =
    [
        .. Common, "appID", "appDirPath", "command", "appPort", "appChannelAddress", "appProtocol", "daprHTTPPort", "daprGRPCPort",
        "daprInternalGRPCPort", "metricsPort", "profilePort",
    ];
}
