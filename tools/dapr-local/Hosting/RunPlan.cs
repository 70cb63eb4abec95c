using DaprLocal.Config;

namespace DaprLocal.Hosting;

/// <summary>One app with everything decided: its sidecar's options and the environment it is started in (null removes a variable).</summary>
internal sealed record AppPlan(RunFileApp App, SidecarOptions Sidecar, IReadOnlyDictionary<string, string?> Environment)
{
    /// <summary>Where the app answers; null when it has no port.</summary>
    public Uri? Url => App.AppPort is { } port ? new UriBuilder("http", App.AppChannelAddress, port.Port).Uri : null;
}

/// <summary>A whole run, read and checked before anything is started. <paramref name="Components"/> holds each distinct component once.</summary>
internal sealed record RunPlan(RunFile File, IReadOnlyList<AppPlan> Apps, IReadOnlyList<ComponentManifest> Components, IReadOnlyList<string> Notes);
