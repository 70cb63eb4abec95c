using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OrderInventory.Cli;
using OrderInventory.Repairing;

namespace OrderInventory.Web;

/// <summary><c>order-inventory console</c>.</summary>
internal static class ConsoleCommand
{
    // Set by dapr-local for the apps of its run file that name it.
    private const string FaultsVariable = "DAPR_LOCAL_FAULTS";
    // Set by dapr-local --dashboard.
    private const string TracesVariable = "DAPR_LOCAL_TRACE_LINK";
    private const int UsualPort = 5100;

    public static Command Create(TextWriter output, TextWriter errors, TimeProvider time, Func<string, string?> environment)
    {
        var orders = Apps.OrderAddress();
        var inventory = Apps.InventoryAddress();
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1 where the console is", HelpName = "PORT", DefaultValueFactory = _ => UsualPort };
        port.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !ushort.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out _)) result.AddError("--port must be from 0 (any free one) to 65535.");
        });
        var traces = new Option<string?>("--trace-link") { Description = "Address of a trace, with {traceId} in it, for the links from orders", HelpName = "URL", DefaultValueFactory = _ => environment(TracesVariable) };
        traces.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !(Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var link) && link.Scheme is "http" or "https" && result.Tokens[0].Value.Contains(ConsoleOptions.TraceId, StringComparison.Ordinal)))
                result.AddError($"--trace-link must be an address with {ConsoleOptions.TraceId} in it.");
        });
        var sidecar = Apps.Address("--sidecar", $"Address of order-app's sidecar, for giving back what no order owns, and for the state of workflows; its token is in {Sidecar.TokenVariable}. Without it the console repairs nothing", null);
        var command = new Command(
            "console",
            $"Pages in the browser that show every order with all that is known of it, stock, dead letters and the audit. Reads and acts over the HTTP APIs of the two apps, with the token in {Apps.TokenVariable} if there is one. Runs until Ctrl+C, on this machine only.")
        { orders, inventory, port, traces, sidecar };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var orderHttp = Apps.Client(parsed.GetValue(orders)!, environment);
            using var inventoryHttp = Apps.Client(parsed.GetValue(inventory)!, environment);
            if (!IsFree(parsed.GetValue(port)))
            {
                await errors.WriteLineAsync($"Port {parsed.GetValue(port)} of 127.0.0.1 cannot be had: is another console running? Choose another one with --port.");
                return CommandLine.Failed;
            }

            var options = new ConsoleOptions { Port = parsed.GetValue(port), TraceLink = parsed.GetValue(traces), Faults = Uri.TryCreate(environment(FaultsVariable), UriKind.Absolute, out var faults) ? faults : null };
            using var sidecarHttp = parsed.GetValue(sidecar) is { } address ? Sidecar.Client(address, environment) : null;
            await using var console = ConsoleHost.Build(options, orderHttp, inventoryHttp, time, sidecarHttp);
            await console.StartAsync(cancellationToken);
            await output.WriteLineAsync($"console at {console.Urls.First()}, Ctrl+C ends it");
            await console.WaitForShutdownAsync(cancellationToken);
            return 0;
        });
        return command;
    }

    // Tried before the server does, which tells of a port that it cannot have with a stack trace.
    private static bool IsFree(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
