using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace OrderInventory.System.Tests;

/// <summary>The default way to run: dapr-local starts the apps itself. No other test runs meanwhile: how soon the apps end is measured.</summary>
[CollectionDefinition(nameof(FirstMinuteTests), DisableParallelization = true)]
[Collection(nameof(FirstMinuteTests))]
public sealed partial class FirstMinuteTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-first-").FullName;
    private readonly int[] _ports = LoopbackPorts.Free(6);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_KilledAndStartedAgain_EndsItsAppsAndShowsTheSameOrder()
    {
        var port = TwoPorts();
        using (var first = Start())
        {
            await ShownAsync(first, "CONFIRMED");
            var clock = Stopwatch.StartNew();
            await first.KillAsync();
            await Eventually.GetAsync(() => Task.FromResult(Apps()), apps => apps.Length == 0, TimeSpan.FromSeconds(10), "the apps have ended");
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        }

        using var second = Start("--dashboard", Text(port));
        await ShownAsync(second, "Idempotency-Replayed: true");
        Assert.Contains("CONFIRMED", second.Output);
        Assert.Equal(2, Apps().Length);

        using (var dashboard = Process.GetProcessById(Assert.Single(Dashboards(port)))) dashboard.Kill();
        await ShownAsync(second, "error: the dashboard ended with exit code 137; the apps go on without it");
        using var http = new HttpClient();
        Assert.Equal("Healthy", await http.GetStringAsync(new Uri($"http://127.0.0.1:{_ports[0]}/readyz")));
        Assert.Equal(2, Apps().Length);

        using (var third = Start())
        {
            Assert.NotEqual(0, await third.EndAsync(Limit));
            Assert.Contains(second.Id.ToString(global::System.Globalization.CultureInfo.InvariantCulture), third.Output);
        }

        Assert.Equal(0, await second.StopAsync());
        Assert.Empty(Apps());
    }

    [Fact]
    public async Task Run_TheShippedRunFile_ShowsAnOrderConfirmed()
    {
        await using var servers = await RealServers.StartAsync();
        // The paths are relative to the file; the ports may be taken by the reader's own system.
        string[] ports = ["5101", "5102", "3501", "50011", "3502", "50012"];
        var text = ports.Select((port, i) => (Shipped: port, Own: _ports[i].ToString(global::System.Globalization.CultureInfo.InvariantCulture)))
            .Aggregate(File.ReadAllText(Path.Combine(Repository.Root, "dapr.yaml")), (text, port) => text.Replace($"Port: {port.Shipped}\n", $"Port: {port.Own}\n", StringComparison.Ordinal))
            .Replace("./components/kafka-postgres", "./" + (RealServers.Components ?? "components/local"), StringComparison.Ordinal)
            .Replace("./", Repository.Root + "/", StringComparison.Ordinal)
            .Replace("\"--no-build\"", $"\"--no-build\", \"-c\", \"{Repository.Configuration}\"", StringComparison.Ordinal);
        var file = Path.Combine(_folder, "dapr.yaml");
        await File.WriteAllTextAsync(file, text);

        using var process = ServerProcess.Start(
            ServerProcess.Dll("dapr-local"),
            ["run", "-f", file, "--data", Path.Combine(_folder, "data")],
            _folder,
            new Dictionary<string, string?>(servers?.Environment ?? new Dictionary<string, string?>()) { ["DAPR_API_TOKEN"] = LocalSystem.SidecarToken });

        await ShownAsync(process, "CONFIRMED");
        Assert.All(_ports[..2], port => Assert.Contains($"127.0.0.1:{port}", process.Output, StringComparison.Ordinal));
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task Run_WithTheDashboard_ShowsTheOrderAsOneTraceAndEndsWithIt()
    {
        var port = TwoPorts();
        using var run = Start("--dashboard", Text(port));
        await ShownAsync(run, "CONFIRMED");
        var order = OrderId().Match(run.Output).Groups[1].Value;
        using var dashboard = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        Assert.Contains($"dashboard  {dashboard.BaseAddress}  ", run.Output, StringComparison.Ordinal);
        Assert.Contains($"traces of the order: {dashboard.BaseAddress}traces?filters=order.id:equals:{order}", run.Output, StringComparison.Ordinal);

        var spans = await Eventually.GetAsync(
            () => SpansAsync(dashboard),
            spans => spans.Count(span => span.Trace == spans.Find(placed => placed.Order == order)?.Trace) == 3,
            Limit,
            "the dashboard has the spans of the order");
        Assert.Equal(
            ["inventory-app process inventory-deduction", "order-app POST /api/orders/", "order-app process inventory-deduction-result"],
            spans.Where(span => span.Trace == spans.Find(placed => placed.Order == order)!.Trace).Select(span => $"{span.App} {span.Name}").Order(StringComparer.Ordinal));
        // The sidecars had asked both apps for these before there was an order.
        Assert.DoesNotContain(spans, span => span.Path is "/healthz" or "/readyz" or "/livez" or "/dapr/config" or "/dapr/subscribe");

        using var poison = new StringContent("{}", Encoding.UTF8, "application/json");
        using var sidecar = new HttpClient();
        using var published = await sidecar.PostAsync(new Uri($"http://127.0.0.1:{_ports[2]}/v1.0/publish/pubsub/inventory-deduction"), poison);
        Assert.True(published.IsSuccessStatusCode);
        await Eventually.GetAsync(() => dashboard.GetStringAsync(new Uri("api/telemetry/logs", UriKind.Relative)), logs => logs.Contains("A message on inventory-deduction can never be handled", StringComparison.Ordinal), Limit, "the dashboard has the logs as text");
        await Eventually.GetAsync(
            () => dashboard.GetFromJsonAsync<JsonElement>("api/telemetry/resources"),
            apps => apps.EnumerateArray().Count(app => app.GetProperty("hasMetrics").GetBoolean()) == 2,
            Limit,
            "the dashboard has metrics of both apps");

        Assert.Equal(0, await run.StopAsync());
        Assert.DoesNotContain("the dashboard ended", run.Output, StringComparison.Ordinal);
        Assert.Empty(Dashboards(port));
    }

    private static async Task<List<SeenSpan>> SpansAsync(HttpClient dashboard)
    {
        var traces = await dashboard.GetFromJsonAsync<JsonElement>("api/telemetry/traces?limit=1000");
        return
        [
            .. from resource in traces.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
               let app = AttributeOf(resource.GetProperty("resource"), "service.name")
               from scope in resource.GetProperty("scopeSpans").EnumerateArray()
               from span in scope.GetProperty("spans").EnumerateArray()
               select new SeenSpan(app!, span.GetProperty("name").GetString()!, span.GetProperty("traceId").GetString()!, AttributeOf(span, "url.path"), AttributeOf(span, "order.id")),
        ];
    }

    private static string? AttributeOf(JsonElement element, string name) => element.GetProperty("attributes").EnumerateArray()
        .Where(attribute => attribute.GetProperty("key").GetString() == name).Select(attribute => attribute.GetProperty("value").GetProperty("stringValue").GetString()).FirstOrDefault();

    private static string Text(int number) => number.ToString(global::System.Globalization.CultureInfo.InvariantCulture);

    // The dashboard takes the port that it is given and the next one.
    private static int TwoPorts()
    {
        while (true)
        {
            var ports = LoopbackPorts.Free(2);
            if (ports[1] == ports[0] + 1) return ports[0];
        }
    }

    private static Task<string> ShownAsync(ServerProcess process, string text) => Eventually.GetAsync(
        () => Task.FromResult(process.HasExited ? throw new InvalidOperationException(process.Output) : process.Output),
        output => output.Contains(text, StringComparison.Ordinal) && output.Contains("Press Ctrl-C to stop", StringComparison.Ordinal),
        Limit,
        $"dapr-local shows {text}");

    /// <summary>Processes whose environment names this test's folder: the apps, whoever their parent is now.</summary>
    private int[] Apps() => ProcessesWith("OI_TEST_FOLDER=" + _folder);

    private static int[] Dashboards(int port) => ProcessesWith($"ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://127.0.0.1:{port + 1}/");

    private static int[] ProcessesWith(string variable) =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(process =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(process, "environ")).Contains(variable, StringComparison.Ordinal);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }).Select(process => int.TryParse(Path.GetFileName(process), out var id) ? id : 0).Where(id => id > 0),
    ];

    [GeneratedRegex("order ([0-9a-f-]{36}) accepted")]
    private static partial Regex OrderId();

    private ServerProcess Start(params string[] options)
    {
        string App(string id, int port, int http, int grpc) => $$"""
              - appID: {{id}}
                appDirPath: {{Path.GetDirectoryName(ServerProcess.Dll(id))}}
                appPort: {{port}}
                daprHTTPPort: {{http}}
                daprGRPCPort: {{grpc}}
                enableAppHealthCheck: true
                env: { OI_TEST_FOLDER: "{{_folder}}" }
                command: ["dotnet", "{{ServerProcess.Dll(id)}}"]
            """;
        var file = Path.Combine(_folder, "run.yaml");
        File.WriteAllText(file, $"""
            version: 1
            common:
              resourcesPaths: ["{Path.Combine(Repository.Root, "components/local")}"]
            apps:
            {App("order-app", _ports[0], _ports[2], _ports[3])}
            {App("inventory-app", _ports[1], _ports[4], _ports[5])}
            """);
        return ServerProcess.Start(ServerProcess.Dll("dapr-local"), ["run", "-f", file, "--data", Path.Combine(_folder, "data"), .. options], _folder);
    }

    private sealed record SeenSpan(string App, string Name, string Trace, string? Path, string? Order);
}
