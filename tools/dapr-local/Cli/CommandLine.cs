using System.CommandLine;
using System.Net;
using DaprLocal.Config;
using DaprLocal.Hosting;

namespace DaprLocal.Cli;

/// <summary>The commands of dapr-local and how their failures become messages and exit codes.</summary>
internal sealed class CommandLine(Terminal terminal, Func<TextReader> input, TimeProvider time, CancellationToken stop, CancellationToken hurry)
{
    private readonly Option<string?> _file = new("--file", "-f")
    {
        Description = "Multi-App Run file, or a folder with a dapr.yaml (default: dapr.local.yaml here or in a folder above)",
        HelpName = "FILE",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "Folder for everything durable (default: .dapr-local beside the run file)",
        HelpName = "DIR",
    };

    private readonly Option<string?> _costs = new("--costs") { Description = "List of prices: each operation takes the time that it costs on the real Dapr (proof/costs)", HelpName = "FILE" };

    private readonly Option<int?> _dashboard = new("--dashboard")
    {
        Description = "Also start the Aspire dashboard: traces, logs and metrics of the apps. NuGet fetches it once, 40 MB",
        HelpName = $"PORT, else {Dashboard.DefaultPort}",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _noSample = new("--no-sample") { Description = "Do not place the sample order" };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask" };

    /// <summary>Runs a command line; 0 is success.</summary>
    public async Task<int> InvokeAsync(IReadOnlyList<string> arguments)
    {
        try
        {
            // Signals are ours: apps are stopped in order, however long that takes.
            return await Root().Parse(arguments).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception exception) when (exception is UserException or ConfigurationException)
        {
            terminal.Error(exception.Message);
        }
        catch (Exception exception)
        {
            terminal.Error($"this is a fault of dapr-local: {exception}");
        }
        return 1;
    }

    private RootCommand Root()
    {
        var run = new Command("run", "Start the apps of a Multi-App Run file, each with an embedded sidecar (this is also what happens without a command)")
        {
            _file, _data, _costs, _dashboard, _noSample,
        };
        var reset = new Command("reset", "Delete the data folder: all orders, stock and undelivered messages") { _file, _data, _yes };
        var watchdog = new Command("watchdog", "Internal: ends the apps when dapr-local is killed") { Hidden = true };
        var root = new RootCommand(
            "A pocket Dapr for development and tests: reads the run file and the resource YAML of Dapr, hosts one sidecar per app in this process, and keeps all state in one folder. Production is Dapr itself.")
        {
            _file, _data, _costs, _dashboard, _noSample, run, reset, watchdog,
        };
        root.SetAction(RunAsync);
        run.SetAction(RunAsync);
        reset.SetAction(parsed => new ResetCommand(terminal, input()).Execute(parsed.GetValue(_file), parsed.GetValue(_data), parsed.GetValue(_yes)));
        watchdog.SetAction((_, _) => Watchdog.RunAsync(input()));
        return root;
    }

    private Dashboard? DashboardOf(ParseResult parsed)
    {
        if (parsed.GetResult(_dashboard) is null) return null;
        return (parsed.GetValue(_dashboard) ?? Dashboard.DefaultPort) switch
        {
            > 0 and < IPEndPoint.MaxPort and var port => new Dashboard(port),
            var port => throw new UserException($"--dashboard takes a port from 1 to {IPEndPoint.MaxPort - 1}, not {port}"),
        };
    }

    private Task<int> RunAsync(ParseResult parsed, CancellationToken ct) => new RunCommand(terminal, time).ExecuteAsync(
        parsed.GetValue(_file), parsed.GetValue(_data), parsed.GetValue(_costs), DashboardOf(parsed), sample: !parsed.GetValue(_noSample), stop, hurry);
}
