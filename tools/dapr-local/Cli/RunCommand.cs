using DaprLocal.Hosting;
using DaprLocal.Sample;
using Spectre.Console;

namespace DaprLocal.Cli;

/// <summary><c>run</c>: reads everything, builds, starts, shows one order, and stays until it is told to stop.</summary>
internal sealed class RunCommand(Terminal terminal, TimeProvider time)
{
    /// <summary>Runs until <paramref name="stop"/> is cancelled (exit code 0) or the run ends by itself.</summary>
    public async Task<int> ExecuteAsync(RunOptions options, CancellationToken stop, CancellationToken hurry)
    {
        var file = RunFileLocator.Find(options.File);
        var plan = RunPlanner.Create(file, Environment.GetEnvironmentVariable);
        using var data = DataFolder.Open(RunFileLocator.DataFolder(options.Data, plan.File.Path));
        Ports.CheckFree(plan.Apps);
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
            var commands = await new AppBuilder(terminal, time).PrepareAsync(plan.Apps, options.Build, stop);

            await using var session = new RunSession(plan, data.Path, terminal, time, loggers, hurry);
            await session.StartAsync(commands, stop);
            await session.WaitUntilReadyAsync(stop);
            ShowApps(plan, data.Path);
            var ended = session.WaitForExitAsync(stop);
            if (options.Sample)
                await ShowSampleAsync(plan, session, ended, stop);
            terminal.Line();
            terminal.Line("running. ", "Press Ctrl-C to stop.");
            var end = await ended;
            if (end.Failed)
                terminal.Error(end.Message);
            else
                terminal.Line("stopping. ", end.Message);
            return end.Failed ? 1 : 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            terminal.Line("stopped. ", $"Everything durable is in {data.Path}");
            return 0;
        }
    }

    private async Task ShowSampleAsync(RunPlan plan, RunSession session, Task ended, CancellationToken stop)
    {
        var messages = new MessageLog();
        using var sample = SampleOrder.For(plan, messages, terminal, time);
        if (sample is null)
            return;
        session.Components.MessagePublished += messages.Add;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var shown = sample.RunAsync(enough.Token);
        await Task.WhenAny(shown, ended);
        await enough.CancelAsync();
        await shown.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        session.Components.MessagePublished -= messages.Add;
    }

    private void ShowApps(RunPlan plan, string dataDirectory)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("app", "URL", "sidecar HTTP", "sidecar gRPC", "started by");
        foreach (var app in plan.Apps)
        {
            table.AddRow(
                Markup.Escape(app.App.AppId),
                Markup.Escape(app.Url?.ToString() ?? "-"),
                $"http://127.0.0.1:{app.Sidecar.HttpPort}",
                $"127.0.0.1:{app.Sidecar.GrpcPort}",
                app.App.Command.Count > 0 ? "dapr-local" : "you");
        }
        terminal.Line();
        terminal.Draw(table);
        terminal.Line("data  ", dataDirectory);
        terminal.Line("stop  ", "Ctrl-C (or SIGTERM); the data stays");
        terminal.Line("reset ", SelfCommand.Line("reset", "--data", dataDirectory) + "   (when stopped)");
        terminal.Line();
    }
}
