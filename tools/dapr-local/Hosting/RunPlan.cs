using DaprLocal.Config;
using DaprLocal.Costs;
using DaprLocal.Sidecars;

namespace DaprLocal.Hosting;

/// <summary>One app with everything decided: its sidecar's options and the environment it is started in (null removes a variable).</summary>
internal sealed record AppPlan(RunFileApp App, SidecarOptions Sidecar, IReadOnlyDictionary<string, string?> Environment)
{
    /// <summary>Where the app answers; null when it has no port.</summary>
    public Uri? Url => App.AppPort is { } port ? new UriBuilder("http", App.AppChannelAddress, port).Uri : null;
}

/// <summary>A whole run, read and checked before anything is started. <paramref name="Components"/> holds each distinct component once.</summary>
internal sealed record RunPlan(RunFile File, IReadOnlyList<AppPlan> Apps, IReadOnlyList<ComponentManifest> Components)
{
    /// <summary>The dashboard, if one was asked for.</summary>
    public Dashboard? Dashboard { get; init; }

    /// <summary>The database files of the run in its data folder, relative to it.</summary>
    public IEnumerable<string> DatabasesIn(string folder) => Apps.Select(app => ComponentRegistry.WorkflowFile(app.App.AppId)).Distinct()
        .Concat(Components
            .Where(component => component.Type is "state.sqlite" or "pubsub.sqlite")
            .Select(component => Path.GetRelativePath(folder, new ComponentSettings(component).FilePath("connectionString", folder)).Replace('\\', '/')))
        .Where(name => !name.StartsWith("..", StringComparison.Ordinal) && !Path.IsPathRooted(name));

    /// <summary>The same run at these costs. An app without a command is not ours to measure: it looks on, and nothing is charged for it.</summary>
    public RunPlan At(CostModel costs) => this with { Apps = [.. Apps.Select(app => app.App.Command.Count == 0 ? app : app with { Sidecar = app.Sidecar with { Costs = costs } })] };
}
