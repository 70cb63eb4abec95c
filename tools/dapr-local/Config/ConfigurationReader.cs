namespace DaprLocal.Config;

/// <summary>
/// Reads the <c>Configuration</c> file of an app. <c>spec.workflow</c> and <c>spec.accessControl</c> take effect; what tunes
/// things that do not exist here and cannot change what an app sees (mTLS, metrics, where spans go, a secrets API) is accepted
/// without a word; the rest is refused.
/// </summary>
internal static class ConfigurationReader
{
    private static readonly string[] Unseen = ["tracing", "metric", "metrics", "mtls", "logging", "nameResolution", "secrets"];

    // A century: beyond it the arithmetic of dates could overflow.
    private static readonly TimeSpan LongestRetention = TimeSpan.FromDays(36_500);

    /// <summary>The settings of the file.</summary>
    /// <exception cref="ConfigurationException">The file is not one <c>Configuration</c>, or a section that takes effect has a mistake.</exception>
    public static SidecarSettings Read(string file)
    {
        var document = ResourceReader.Header(YamlFile.LoadOne(file, "a configuration file"), ["Configuration"]);
        if (document.Root.Map("spec") is not { } spec) return SidecarSettings.Default;
        spec.AllowOnly(["workflow", "accessControl", .. Unseen]);
        var deniesCalls = DeniesCalls(spec.Map("accessControl"));
        var workflow = spec.Map("workflow");
        workflow?.AllowOnly(["stateRetentionPolicy"]);
        return new SidecarSettings(ReadRetention(workflow?.Map("stateRetentionPolicy")), deniesCalls);
    }

    // Who a caller is, certificates tell daprd; here there are none, so rules for single callers cannot be kept.
    private static bool DeniesCalls(YamlMap? access)
    {
        access?.AllowOnly(["defaultAction", "trustDomain", "policies"]);
        if (access?.Maps("policies").Any() is true)
            throw access.Error("policies", "dapr-local cannot tell callers apart: of 'accessControl' it obeys 'defaultAction' only");
        return access?.Text("defaultAction") switch
        {
            null or "" or "allow" => false,
            "deny" => true,
            var other => throw access.Error("defaultAction", $"'defaultAction' must be allow or deny, not '{other}'"),
        };
    }

    private static WorkflowRetention ReadRetention(YamlMap? policy)
    {
        policy?.AllowOnly(["anyTerminal", "completed", "failed", "terminated"]);
        TimeSpan? Time(string key) => policy?.Text(key) is { } text
            // daprd takes Go's durations only: no bare numbers, no days.
            ? (char.IsAsciiLetter(text.LastOrDefault()) ? Units.Duration(text, LongestRetention) : null)
                ?? throw policy.Error(key, $"'{key}' must be a duration such as 30m or 168h, not '{text}'")
            : null;
        return new WorkflowRetention(Time("anyTerminal"), Time("completed"), Time("failed"), Time("terminated"));
    }
}
