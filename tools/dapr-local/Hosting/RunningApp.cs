namespace DaprLocal.Hosting;

/// <summary>An app of a run with what was started for it; the process is null when someone else starts the app.</summary>
internal sealed record RunningApp(AppPlan Plan, AppSidecar Sidecar, AppProcess? Process);
