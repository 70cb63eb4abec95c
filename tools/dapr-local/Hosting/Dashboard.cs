using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;

namespace DaprLocal.Hosting;

/// <summary>
/// The Aspire dashboard, which shows the traces, logs and metrics of the apps. It is a NuGet package of 40 MB that nothing references:
/// it is restored when somebody asks for it. It answers on loopback alone, so it asks for no password, and forgets all when it ends.
/// </summary>
/// <param name="Port">Where its pages are; it takes telemetry (OTLP over gRPC) on the next one.</param>
/// <param name="Program">What is started; empty until it is restored.</param>
internal sealed record Dashboard(int Port, string Program = "")
{
    /// <summary>The port when none is given, the one of its container image.</summary>
    public const int DefaultPort = 18888;

    private const string LinkVariable = "DAPR_LOCAL_TRACE_LINK";
    private const string Version = "DashboardVersion";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    // Inherited, these would have it listen elsewhere, ask for a password, or ask another program what runs here.
    private static readonly string[] Misleading = ["ASPIRE_", "ASPNETCORE_", "DASHBOARD__", "DOTNET_DASHBOARD_", "DOTNET_RESOURCE_", "KESTREL__", "LOGGING__", "OTEL_"];

    /// <summary>Its pages.</summary>
    public Uri Url => At(Port);

    /// <summary>Where telemetry is sent.</summary>
    public Uri Collector => At(Port + 1);

    /// <summary>The package, for this machine.</summary>
    public static (string Id, string Version) Package { get; } = (
        $"Aspire.Dashboard.Sdk.{Platform}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}",
        typeof(Dashboard).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(pinned => pinned.Key == Version).Value!);

    private static string Platform => OperatingSystem.IsWindows() ? "win"
        : OperatingSystem.IsMacOS() ? "osx"
        : RuntimeInformation.RuntimeIdentifier is var own && (own.Contains("musl", StringComparison.Ordinal) || own.StartsWith("alpine", StringComparison.Ordinal)) ? "linux-musl"
        : "linux";

    /// <summary>The same run with this dashboard. Its apps send to it, whatever else they were told; what they tell comes at once and not in bigger batches.</summary>
    public RunPlan Beside(RunPlan plan, Func<string, string?> inherited) => plan with
    {
        Dashboard = this,
        Apps = [.. plan.Apps.Select(app => app with { Environment = EnvironmentOf(app, inherited) })],
    };

    /// <summary>Finds it in NuGet's folder of packages, or has NuGet fetch it there, as the <c>NuGet.config</c> of <paramref name="folder"/> says.</summary>
    /// <exception cref="UserException">It is not to be had.</exception>
    public async Task<Dashboard> RestoreAsync(string folder, Terminal terminal, TimeProvider time, CancellationToken ct)
    {
        var (id, version) = Package;
        var (_, told) = await DotnetTool.RunAsync(folder, ["nuget", "locals", "global-packages", "--list"], time, ct);
        var packages = told.Select(line => line.Split("global-packages:")).FirstOrDefault(line => line.Length == 2)?[1].Trim()
            ?? throw Missing(["NuGet does not say where its packages are:", .. told]);
        var package = Path.Combine(packages, id.ToLowerInvariant(), version);
        var program = Path.Combine(package, "tools", OperatingSystem.IsWindows() ? "Aspire.Dashboard.exe" : "Aspire.Dashboard");
        // The last file that NuGet writes: without it a package is not complete.
        if (!File.Exists(Path.Combine(package, ".nupkg.metadata")))
        {
            terminal.Line($"fetching {id} {version} (once, 40 MB) …");
            var (exitCode, lines) = await DotnetTool.RunAsync(folder, ["package", "download", $"{id}@{version}", "--output", packages], time, ct);
            if (exitCode != 0) throw Missing(lines.Where(line => line.StartsWith("error", StringComparison.Ordinal)).Take(1));
        }
        return File.Exists(program) ? this with { Program = program } : throw Missing([$"{program} does not exist; delete {package}, so that it is fetched again"]);
    }

    /// <summary>How it is started; <paramref name="inherited"/> are the names of the variables of our own environment.</summary>
    public AppCommand Command(IEnumerable<string> inherited)
    {
        var variables = inherited.Where(name => Misleading.Any(begin => name.StartsWith(begin, StringComparison.OrdinalIgnoreCase))).ToDictionary(name => name, _ => (string?)null);
        variables["ASPNETCORE_URLS"] = Url.ToString();
        variables["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Collector.ToString();
        variables["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true";
        // Not under a name that somebody else's page may have given to this address.
        variables["AllowedHosts"] = "127.0.0.1;localhost";
        variables["Dashboard__DebugSession__TelemetryOptOut"] = "true";
        // It warns of the missing password, which is meant.
        variables["Logging__LogLevel__Default"] = nameof(LogLevel.Error);
        return new AppCommand("dashboard", Program, [], Path.GetDirectoryName(Program)!, variables);
    }

    /// <summary>Starts it, and waits until it takes telemetry.</summary>
    public async Task<AppProcess> StartAsync(Terminal terminal, Watchdog? watchdog, TimeProvider time, CancellationToken stop)
    {
        var process = AppProcess.Start(Command(Environment.GetEnvironmentVariables().Keys.Cast<string>()), terminal, ConsoleColor.DarkGray, watchdog, time);
        try
        {
            for (var began = time.GetTimestamp(); !await ListensAsync(stop); await Task.Delay(BetweenLooks, time, stop))
            {
                if (process.Exited.IsCompleted || time.GetElapsedTime(began) > StartLimit)
                    throw new UserException($"the dashboard does not start; its last lines:{Environment.NewLine}{string.Join(Environment.NewLine, process.LastLines)}");
            }
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>The page with the traces in which an order takes part.</summary>
    public Uri TracesOf(string orderId) => new(Url, $"traces?filters=order.id:equals:{Uri.EscapeDataString(orderId)}");

    private Dictionary<string, string?> EnvironmentOf(AppPlan app, Func<string, string?> inherited)
    {
        string? Setting(string name) => app.App.Environment.TryGetValue(name, out var own) ? own : inherited(name);
        var variables = new Dictionary<string, string?>(app.Environment)
        {
            ["OTEL_SERVICE_NAME"] = app.App.Environment.GetValueOrDefault("OTEL_SERVICE_NAME") ?? app.App.AppId,
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Collector.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = null,
            ["OTEL_TRACES_SAMPLER"] = "always_on",
            // For a program that links to traces.
            [LinkVariable] = $"{Url}traces/detail/{{traceId}}",
            // Never to a proxy: nothing of it leaves this machine. The first name is the one that .NET looks at first.
            ["no_proxy"] = string.Join(',', new[] { Setting("no_proxy") ?? Setting("NO_PROXY"), "127.0.0.1" }.Where(hosts => !string.IsNullOrEmpty(hosts))),
        };
        foreach (var delay in new[] { "OTEL_BSP_SCHEDULE_DELAY", "OTEL_BLRP_SCHEDULE_DELAY", "OTEL_METRIC_EXPORT_INTERVAL" })
            variables[delay] = "1000";
        foreach (var signal in new[] { "TRACES", "METRICS", "LOGS" })
        {
            foreach (var setting in new[] { "ENDPOINT", "PROTOCOL", "HEADERS" })
                variables[$"OTEL_EXPORTER_OTLP_{signal}_{setting}"] = null;
        }
        return variables;
    }

    private async Task<bool> ListensAsync(CancellationToken ct)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(Collector.Host, Collector.Port, ct);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static Uri At(int port) => new UriBuilder("http", "127.0.0.1", port).Uri;

    private static UserException Missing(IEnumerable<string> lines) => new(
        $"the dashboard is not to be had: {Package.Id} {Package.Version}{Environment.NewLine}{string.Join(Environment.NewLine, lines.Select(line => $"  | {line}"))}{Environment.NewLine}"
        + "It is fetched from where NuGet.config says. Do it once where that can be reached, or run without --dashboard.");
}
