using System.Text.RegularExpressions;
using System.Xml.Linq;
using DaprLocal.Hosting;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Hosting;

public sealed class DashboardTests : IDisposable
{
    private static readonly Dashboard Dashboard = new(7000, Path.Combine(Path.GetTempPath(), "tools", "Aspire.Dashboard"));
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Package_IsTheOneOfThisMachineInThePinnedVersion()
    {
        var pinned = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion").Single(version => version.Attribute("Include")!.Value.StartsWith("Aspire.", StringComparison.Ordinal));

        Assert.Equal(pinned.Attribute("Version")!.Value, Dashboard.Package.Version);
        Assert.Matches(new Regex("^Aspire[.]Dashboard[.]Sdk[.](linux|linux-musl|osx|win)-(x64|arm64)$"), Dashboard.Package.Id);
        // Who builds dapr-local does not download it.
        Assert.DoesNotContain("aspire.dashboard", File.ReadAllText(Path.Combine(Repository.Root, "tools/dapr-local/packages.lock.json")), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Beside_ARun_ItsAppsSendEverythingToTheDashboardAlone()
    {
        var file = _folder.Write("run.yaml", "version: 1\napps:\n- {appDirPath: ., appID: a, command: [x], env: {OTEL_EXPORTER_OTLP_ENDPOINT: 'http://elsewhere', OTEL_EXPORTER_OTLP_HEADERS: secret}}\n- {appDirPath: ., appID: b, command: [x], env: {OTEL_SERVICE_NAME: own}}\n");

        var plan = Dashboard.Beside(RunPlanner.Create(file, _ => null), name => name == "NO_PROXY" ? "example.org" : null);

        Assert.Equal(Dashboard, plan.Dashboard);
        Assert.Equal(["a", "own"], plan.Apps.Select(app => app.Environment["OTEL_SERVICE_NAME"]));
        Assert.All(plan.Apps, app =>
        {
            Assert.Equal(("http://127.0.0.1:7001/", "grpc", "always_on"), (app.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"], app.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"], app.Environment["OTEL_TRACES_SAMPLER"]));
            Assert.Equal("example.org,127.0.0.1", app.Environment["no_proxy"]);
            // Named with a null value: what was inherited is removed.
            Assert.All(["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_HEADERS", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"], name => Assert.Null(app.Environment[name]));
            Assert.Equal("1000", app.Environment["OTEL_BSP_SCHEDULE_DELAY"]);
        });
        Assert.Equal("127.0.0.1", Dashboard.Beside(plan, _ => null).Apps[0].Environment["no_proxy"]);
    }

    [Fact]
    public void Create_WithoutADashboard_LeavesTelemetryToTheUser()
    {
        var app = RunPlanner.Create(_folder.Write("run.yaml", "version: 1\napps:\n- {appDirPath: ., appID: a, command: [x]}\n"), _ => null).Apps[0];

        Assert.DoesNotContain(app.Environment.Keys, name => name.StartsWith("OTEL_", StringComparison.Ordinal) || name == "no_proxy");
    }

    [Fact]
    public void Command_OfTheDashboard_IsOnLoopbackWithoutAPasswordAndDropsWhatWouldLeadItAstray()
    {
        var command = Dashboard.Command(["PATH", "ASPNETCORE_URLS", "OTEL_EXPORTER_OTLP_ENDPOINT", "Dashboard__Frontend__AuthMode", "ASPIRE_DASHBOARD_FORWARDEDHEADERS_ENABLED", "DOTNET_RESOURCE_SERVICE_ENDPOINT_URL"]);

        Assert.Equal((Dashboard.Program, Path.GetDirectoryName(Dashboard.Program)!), (command.Program, command.WorkingDirectory));
        Assert.Equal(
            [
                "ASPIRE_DASHBOARD_FORWARDEDHEADERS_ENABLED=", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://127.0.0.1:7001/", "ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true", "ASPNETCORE_URLS=http://127.0.0.1:7000/",
                "AllowedHosts=127.0.0.1;localhost", "DOTNET_RESOURCE_SERVICE_ENDPOINT_URL=", "Dashboard__DebugSession__TelemetryOptOut=true", "Dashboard__Frontend__AuthMode=", "Logging__LogLevel__Default=Error", "OTEL_EXPORTER_OTLP_ENDPOINT=",
            ],
            command.Environment.Select(variable => $"{variable.Key}={variable.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TracesOf_AnOrder_IsThePageThatShowsThem() =>
        Assert.Equal("http://127.0.0.1:7000/traces?filters=order.id:equals:e966ec63-d4df-81ab-a9b1-70f88de86289", Dashboard.TracesOf("e966ec63-d4df-81ab-a9b1-70f88de86289").ToString());
}
