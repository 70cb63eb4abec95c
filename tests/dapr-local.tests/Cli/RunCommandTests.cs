using System.Net;
using System.Net.Sockets;
using DaprLocal.Hosting;
using DaprLocal.Tests.Hosting;
using DaprLocal.Tests.PubSub;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace DaprLocal.Tests.Cli;

public sealed class RunCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_AppExitsByItself_OthersAreStoppedAndItsLastLinesShown()
    {
        WriteRunFile(("bad", "echo the reason; sleep 0.3; exit 3"), ("good", "trap 'echo good stops; exit 0' TERM; echo good $$; while :; do sleep 0.05; done"));
        using var run = DaprLocalProcess.Start(_folder.Path);

        Assert.Equal(1, await run.ExitCodeAsync());

        Assert.Contains("error: app 'bad' ended by itself with exit code 3; its last lines:\n  | the reason", run.Output, StringComparison.Ordinal);
        Assert.Contains("== APP - good == good stops", run.Output, StringComparison.Ordinal);
        Assert.Null(ProcessIdentity.Of(run.NumberBehind("== good ")));
    }

    [Fact]
    public async Task Run_Terminated_StopsAppsInGoodOrderAndExitsZero()
    {
        WriteRunFile(("a", "trap 'echo a stops; exit 0' TERM; echo up; while :; do sleep 0.05; done"));
        using var run = DaprLocalProcess.Start(_folder.Path, "run", "-f", "dapr.local.yaml", "--data", "d");
        await run.ShowsAsync("running. Press Ctrl-C");

        using (var second = DaprLocalProcess.Start(_folder.Path, "run", "--data", "d"))
        {
            Assert.Equal(1, await second.ExitCodeAsync());
            Assert.Contains($"in use by another dapr-local (pid {run.Id})", second.Output, StringComparison.Ordinal);
        }
        await run.ShowsAsync("up");

        Assert.Equal(0, await run.StopAsync());
        Assert.Contains("a stops", run.Output, StringComparison.Ordinal);
        Assert.Contains("stopped.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Killed_AppsEndWithinTwoSecondsAndTheNextStartWorks()
    {
        var ports = LoopbackPorts.Free(2);
        WriteRunFile($"daprHTTPPort: {ports[0]}, daprGRPCPort: {ports[1]}, ", ("a", "trap '' TERM INT HUP; echo pid $$; while :; do sleep 300; done"));
        using var killed = DaprLocalProcess.Start(_folder.Path);
        await killed.ShowsAsync("running. Press Ctrl-C");
        await killed.ShowsAsync("== pid ");
        var app = ProcessIdentity.Of(killed.NumberBehind("== pid "))!;
        await Eventually.TrueAsync(() => app.Tree().Count == 2, "the app has its child");
        var tree = app.Tree();

        await killed.KillAsync();

        await Eventually.TrueAsync(() => !tree.Any(process => process.IsRunning), "the app's processes are gone", seconds: 2);
        using var next = DaprLocalProcess.Start(_folder.Path);
        await next.ShowsAsync("running. Press Ctrl-C");
    }

    [Fact]
    public async Task Run_DotnetRunAboveIsKilled_EverythingEnds()
    {
        WriteRunFile(("a", "trap '' TERM INT HUP; echo pid $$; while :; do sleep 300; done"));
        using var run = DaprLocalProcess.UnderDotnetRun(_folder.Path, "-f", "dapr.local.yaml");
        await run.ShowsAsync("running. Press Ctrl-C");
        await run.ShowsAsync("== pid ");
        var tree = ProcessIdentity.Of(run.Id)!.Tree();
        Assert.InRange(tree.Count, 4, 6);

        await run.KillAsync();

        await Eventually.TrueAsync(() => !tree.Any(process => process.IsRunning), "nothing is left of the run");
    }

    [Fact]
    public async Task Run_PortInUseOrUnknownKey_IsOneMessageWithoutAStackTrace()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        foreach (var key in new[] { "appPort", "daprHTTPPort", "daprGRPCPort" })
        {
            WriteRunFile($"{key}: {port}, ", ("a", "true"));
            using var inUse = DaprLocalProcess.Start(_folder.Path);
            Assert.Equal(1, await inUse.ExitCodeAsync());
            Assert.Equal($"error: port {port} ({key} of 'a' in dapr.local.yaml) is in use, perhaps by another dapr-local; stop what listens there, or change {key}", inUse.Output);
        }

        _folder.Write("wrong.yaml", "version: 1\nappz: []\n");
        using var wrong = DaprLocalProcess.Start(_folder.Path, "-f", "wrong.yaml");
        Assert.Equal(1, await wrong.ExitCodeAsync());
        Assert.Equal("error: wrong.yaml:2: dapr-local does not know the key 'appz'; known here: apps, common, name, version", wrong.Output);

        WriteRunFile(("a", "true"));
        _folder.Write("prices.yaml", "processors: 2\nappShare: much\noperations: {}\n");
        using var prices = DaprLocalProcess.Start(_folder.Path, "--costs", "prices.yaml");
        Assert.Equal(1, await prices.ExitCodeAsync());
        Assert.Equal("error: prices.yaml:2: 'appShare' must be a number from 0 to 1000, not 'much'", prices.Output);
    }

    [Fact]
    public async Task Run_AppWithoutCommand_GetsItsSidecarAloneAndIsServedOnceItListens()
    {
        var ports = LoopbackPorts.Free(3);
        _folder.Write("components/pubsub.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: pubsub}\nspec: {type: pubsub.sqlite, version: v1, metadata: [{name: connectionString, value: pubsub.db}]}\n");
        _folder.Write("dapr.local.yaml", $"version: 1\ncommon: {{resourcesPaths: [components]}}\napps:\n- {{appDirPath: ., appID: mine, appPort: {ports[0]}, daprHTTPPort: {ports[1]}, daprGRPCPort: {ports[2]}}}\n");
        using var run = DaprLocalProcess.Start(_folder.Path);
        await run.ShowsAsync("running. Press Ctrl-C");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ports[1]}") };
        Assert.Equal(HttpStatusCode.NoContent, (await http.GetAsync(new Uri("/v1.0/healthz/outbound", UriKind.Relative))).StatusCode);

        await using var app = await TestApp.StartAsync(ports[0], """[{"pubsubname":"pubsub","topic":"t","route":"/on/t"}]""");
        using var body = new StringContent("1");
        await http.PostAsync(new Uri("/v1.0/publish/pubsub/t", UriKind.Relative), body);
        await app.WaitForAsync(1);

        Assert.Equal(0, await run.StopAsync());
    }

    [Fact]
    public async Task Reset_WithoutYes_AsksFirst()
    {
        WriteRunFile(("a", "true"));
        using (DataFolder.Open(Path.Combine(_folder.Path, ".dapr-local")))
        {
        }
        var terminal = new StringWriter();

        Assert.Equal(1, await ResetAsync(terminal, "no\n"));
        Assert.True(Directory.Exists(Path.Combine(_folder.Path, ".dapr-local")));
        Assert.Contains("Continue? [y/N]", terminal.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await ResetAsync(terminal, "y\n"));
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, ".dapr-local")));
        Assert.Equal(0, await ResetAsync(terminal, ""));
    }

    private Task<int> ResetAsync(StringWriter terminal, string answer) =>
        new DaprLocal.Cli.CommandLine(Terminal.For(terminal), () => new StringReader(answer), TimeProvider.System, CancellationToken.None, CancellationToken.None)
            .InvokeAsync(["reset", "-f", Path.Combine(_folder.Path, "dapr.local.yaml")]);

    private void WriteRunFile(params (string Id, string Script)[] apps) => WriteRunFile("", apps);

    private void WriteRunFile(string settings, params (string Id, string Script)[] apps) => _folder.Write(
        "dapr.local.yaml",
        "version: 1\napps:\n" + string.Concat(apps.Select(app => $"- {{appDirPath: ., appID: {app.Id}, {settings}command: [sh, -c, \"{app.Script}\"]}}\n")));
}
