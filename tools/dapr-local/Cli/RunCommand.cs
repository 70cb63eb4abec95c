using DaprLocal.Costs;
using DaprLocal.Hosting;
using DaprLocal.Sample;

namespace DaprLocal.Cli;

/// <summary><c>run</c>: reads everything, builds, starts, shows one order, and stays until it is told to stop.</summary>
internal sealed class RunCommand(Terminal terminal, TimeProvider time)
{
    /// <summary>Runs until <paramref name="stop"/> is cancelled (exit code 0) or the run ends by itself.</summary>
    public async Task<int> ExecuteAsync(string? givenFile, string? givenData, string? costs, Dashboard? dashboard, bool sample, CancellationToken stop, CancellationToken hurry)
    {
        var file = RunFileLocator.Find(givenFile);
        var plan = RunPlanner.Create(file, Environment.GetEnvironmentVariable);
        if (costs is not null) plan = plan.At(new CostModel(Prices.Read(costs), time));
        if (dashboard is not null) plan = dashboard.Beside(plan, Environment.GetEnvironmentVariable);
        using var data = DataFolder.Open(RunFileLocator.DataFolder(givenData, plan.File.Path));
        Ports.CheckFree(plan);
        data.WillMake(plan.DatabasesIn(data.Path));
        if (AppProcess.Limits is { } limits)
            terminal.Note(limits);

        using var loggers = LoggerFactory.Create(logging => logging
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Grpc", LogLevel.Warning)
            .AddFilter("System", LogLevel.Warning)
            .AddProvider(new TerminalLoggerProvider(terminal)));
        try
        {
            if (dashboard is not null) plan = plan with { Dashboard = await dashboard.RestoreAsync(Path.GetDirectoryName(plan.File.Path)!, terminal, time, stop) };
            var commands = await new AppBuilder(terminal, time).PrepareAsync(plan.Apps, stop);

            await using var session = new RunSession(plan, data.Path, terminal, time, loggers, hurry);
            await session.StartAsync(commands, stop);
            await session.WaitUntilReadyAsync(stop);
            ShowApps(plan, data.Path);
            var ended = session.WaitForExitAsync(stop);
            if (sample)
                await ShowSampleAsync(plan, ended, stop);
            terminal.Line();
            terminal.Line("running. Press Ctrl-C to stop.");
            var end = await ended;
            if (end.Failed)
                terminal.Error(end.Message);
            else
                terminal.Line($"stopping. {end.Message}");
            return end.Failed ? 1 : 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            terminal.Line($"stopped. Everything durable is in {data.Path}");
            return 0;
        }
    }

    private async Task ShowSampleAsync(RunPlan plan, Task ended, CancellationToken stop)
    {
        using var sample = SampleOrder.For(plan, terminal, time);
        if (sample is null)
            return;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var shown = sample.RunAsync(enough.Token);
        await Task.WhenAny(shown, ended);
        await enough.CancelAsync();
        await shown.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void ShowApps(RunPlan plan, string dataDirectory)
    {
        terminal.Line();
        foreach (var app in plan.Apps)
        {
            var startedBy = app.App.Command.Count > 0 ? "" : ", to be started by you";
            terminal.Line($"{app.App.AppId}  {app.Url?.ToString() ?? "-"}  (sidecar: HTTP 127.0.0.1:{app.Sidecar.HttpPort}, gRPC 127.0.0.1:{app.Sidecar.GrpcPort}{startedBy})");
        }
        if (plan.Dashboard is { } dashboard)
            terminal.Line($"dashboard  {dashboard.Url}  (telemetry: OTLP over gRPC 127.0.0.1:{dashboard.Collector.Port})");
        terminal.Line($"data   {dataDirectory}");
        terminal.Line("stop   Ctrl-C (or SIGTERM); the data stays");
        terminal.Line($"reset  {SelfCommand.Line("reset", "--data", dataDirectory)}   (when stopped)");
        terminal.Line();
    }
}
