namespace DaprLocal.Config;

/// <summary>
/// Reads the <c>Configuration</c> file of an app. Its <c>spec.workflow</c> takes effect; everything else tunes what does not
/// exist here (mTLS, metrics, the control plane) and is accepted as it is.
/// </summary>
internal static class ConfigurationReader
{
    private static readonly string[] Limits = ["maxConcurrentWorkflowInvocations", "maxConcurrentActivityInvocations"];
    private static readonly string[] WithoutEffect = ["globalMaxConcurrentWorkflowInvocations", "globalMaxConcurrentActivityInvocations", "workflowConcurrencyLimits", "activityConcurrencyLimits"];

    // A century: beyond it the arithmetic of dates could overflow.
    private static readonly TimeSpan LongestRetention = TimeSpan.FromDays(36_500);

    /// <summary>The settings of the file, and remarks about those without effect here.</summary>
    /// <exception cref="ConfigurationException">The file is not one <c>Configuration</c>, or its workflow section has a mistake.</exception>
    public static (WorkflowSettings Settings, IReadOnlyList<string> Notes) Read(string file)
    {
        var documents = YamlFile.Load(file);
        if (documents.Count != 1)
            throw new ConfigurationException(new SourcePosition(YamlFile.DisplayName(file), 1), $"a configuration file holds one YAML document, this one {documents.Count}");
        var document = ResourceReader.Header(documents[0], "");
        if (document.Kind != "Configuration")
            throw document.Root.Error("kind", $"'configFilePath' must name a Configuration resource, not a {document.Kind}");
        if (document.Root.Map("spec")?.Map("workflow") is not { } workflow)
            return (WorkflowSettings.Default, []);
        workflow.AllowOnly([.. Limits, .. WithoutEffect, "stateRetentionPolicy"]);
        return (
            new WorkflowSettings(Limit(workflow, Limits[0]), Limit(workflow, Limits[1]), ReadRetention(workflow.Map("stateRetentionPolicy"))),
            [.. WithoutEffect.Where(workflow.Has).Select(key => Note(workflow.PositionOf(key), key))]);
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
