namespace DaprLocal.Config;

/// <summary>
/// Reads the <c>Configuration</c> file of an app. <c>spec.workflow</c> and <c>spec.accessControl</c> take effect; what tunes
/// things that do not exist here and cannot change what an app sees (mTLS, metrics, where spans go, a secrets API) is accepted
/// without a word, other sections with a note.
/// </summary>
internal static class ConfigurationReader
{
    private static readonly string[] Limits = ["maxConcurrentWorkflowInvocations", "maxConcurrentActivityInvocations"];
    private static readonly string[] WithoutEffect = ["globalMaxConcurrentWorkflowInvocations", "globalMaxConcurrentActivityInvocations", "workflowConcurrencyLimits", "activityConcurrencyLimits"];

    private static readonly string[] Unseen = ["tracing", "metric", "metrics", "mtls", "logging", "nameResolution", "secrets"];
    private static readonly string[] NotedSections = ["api", "appHttpPipeline", "components", "features", "httpPipeline", "wasm"];

    // A century: beyond it the arithmetic of dates could overflow.
    private static readonly TimeSpan LongestRetention = TimeSpan.FromDays(36_500);

    /// <summary>The settings of the file, and remarks about those without effect here.</summary>
    /// <exception cref="ConfigurationException">The file is not one <c>Configuration</c>, or a section that takes effect has a mistake.</exception>
    public static (SidecarSettings Settings, IReadOnlyList<string> Notes) Read(string file)
    {
        var documents = YamlFile.Load(file);
        if (documents.Count != 1)
            throw new ConfigurationException(new SourcePosition(YamlFile.DisplayName(file), 1), $"a configuration file holds one YAML document, this one {documents.Count}");
        var document = ResourceReader.Header(documents[0], "");
        if (document.Kind != "Configuration")
            throw document.Root.Error("kind", $"'configFilePath' must name a Configuration resource, not a {document.Kind}");
        if (document.Root.Map("spec") is not { } spec) return (SidecarSettings.Default, []);
        spec.AllowOnly(["workflow", "accessControl", .. Unseen, .. NotedSections]);
        var notes = NotedSections.Where(spec.Has).Select(section => Note(spec.PositionOf(section), section)).ToList();
        var deniesCalls = DeniesCalls(spec.Map("accessControl"));
        if (spec.Map("workflow") is not { } workflow) return (new SidecarSettings(WorkflowSettings.Default, deniesCalls), notes);
        workflow.AllowOnly([.. Limits, .. WithoutEffect, "stateRetentionPolicy"]);
        return (
            new SidecarSettings(
                new WorkflowSettings(Limit(workflow, Limits[0]), Limit(workflow, Limits[1]), ReadRetention(workflow.Map("stateRetentionPolicy"))),
                deniesCalls),
            [.. notes, .. WithoutEffect.Where(workflow.Has).Select(key => Note(workflow.PositionOf(key), key))]);
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

    // Zero is Go's "not given".
    private static int? Limit(YamlMap workflow, string key) => workflow.Integer(key, 0, int.MaxValue) is > 0 and var limit ? limit : null;

    private static string Note(SourcePosition position, string key) => $"{position.File}:{position.Line}: '{key}' has no effect in dapr-local";
}
