using System.Net;
using System.Net.Http.Json;
using DaprLocal.Hosting;
using DaprLocal.Tests.Cli;
using DaprLocal.Tests.Hosting;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace DaprLocal.Tests.Faults;

/// <summary>A run that is broken at the request of one of its apps.</summary>
public sealed class FaultServerTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly int[] _ports = LoopbackPorts.Free(2);

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Kill_EndsTheAppAtOnceAndStartsItAgain()
    {
        using var run = await StartAsync();
        var first = ProcessIdentity.Of(run.NumberBehind("victim is "))!;

        Assert.Equal(["victim"], (await _http.GetFromJsonAsync<string[]>(Address(run) + "apps"))!);
        Assert.Equal(HttpStatusCode.OK, await BreakAsync(run, "apps/victim/kill"));

        Assert.False(first.IsRunning);
        await Eventually.TrueAsync(() => run.Output.Split("victim is ").Length == 3, "it was started again");
        Assert.DoesNotContain("victim stops", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, await run.StopAsync());
        // The one that was started again is stopped as any other.
        Assert.Contains("victim stops", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_OfAnAppThatThenEndsByItself_EndsTheRun()
    {
        using var run = await StartAsync(victim: "echo victim is $$; if [ -e again ]; then sleep 0.5; exit 3; fi; touch again; while :; do sleep 0.05; done");

        Assert.Equal(HttpStatusCode.OK, await BreakAsync(run, "apps/victim/kill"));

        Assert.Equal(1, await run.ExitCodeAsync());
        Assert.Contains("app 'victim' ended by itself with exit code 3", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoeverBreaksTheRun_EndsAlone()
    {
        using var run = await StartAsync();

        ProcessIdentity.Of(run.NumberBehind("asker is "))!.Kill();

        await run.ShowsAsync("error: the asker ended with exit code 137; the apps go on without it");
        Assert.Equal(0, await run.StopAsync());
        Assert.Contains("victim stops", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sidecar_IsAwayForAMomentAndKeepsWhatItHad()
    {
        using var run = await StartAsync();
        var state = new Uri($"http://127.0.0.1:{_ports[0]}/v1.0/state/store");
        (await _http.PostAsJsonAsync(state, new[] { new { key = "k", value = "v" } })).EnsureSuccessStatusCode();

        var broken = BreakAsync(run, "apps/victim/sidecar");
        await Eventually.GetAsync(async () => await IsThereAsync(state), there => !there, TimeSpan.FromSeconds(20), "the sidecar is gone");

        Assert.Equal(HttpStatusCode.OK, await broken);
        Assert.Equal("\"v\"", await _http.GetStringAsync(state + "/k"));
        Assert.Equal(0, await run.StopAsync());
    }

    [Fact]
    public async Task Store_Frozen_AnswersLater()
    {
        using var run = await StartAsync();

        // From before it is asked for: how long the question takes, is no matter of this test.
        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal(HttpStatusCode.OK, await BreakAsync(run, "store?seconds=2"));
        using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{_ports[0]}/v1.0/state/store/k"));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 2, 20);
    }

    [Fact]
    public async Task Order_ThatCannotBe_IsRefusedAndTheAddressIsKnownToTheAskerAlone()
    {
        using var run = await StartAsync();
        var refusals = new Dictionary<string, HttpStatusCode>
        {
            ["apps/asker/kill"] = HttpStatusCode.NotFound,
            ["apps/nobody/kill"] = HttpStatusCode.NotFound,
            ["store?seconds=0"] = HttpStatusCode.BadRequest,
            ["store?seconds=61"] = HttpStatusCode.BadRequest,
            ["store"] = HttpStatusCode.BadRequest,
            ["../apps/victim/kill"] = HttpStatusCode.NotFound,
        };

        var answers = new Dictionary<string, HttpStatusCode>();
        foreach (var order in refusals.Keys) answers[order] = await BreakAsync(run, order);

        Assert.Equal(refusals, answers);
        Assert.DoesNotContain("as asked", run.Output, StringComparison.Ordinal);
        Assert.Contains("victim knows []", run.Output, StringComparison.Ordinal);
        Assert.Matches("asker knows \\[http://127\\.0\\.0\\.1:[0-9]+/[0-9a-f]{32}/\\]", run.Output);
    }

    private static string Address(ServerProcess run) => run.Output.Split("asker knows [")[1].Split(']')[0];

    private async Task<HttpStatusCode> BreakAsync(ServerProcess run, string order)
    {
        using var answer = await _http.PostAsync(new Uri(Address(run) + order), null);
        return answer.StatusCode;
    }

    private async Task<bool> IsThereAsync(Uri state)
    {
        try
        {
            using var answer = await _http.GetAsync(state + "/k");
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<ServerProcess> StartAsync(string victim = "trap 'echo victim stops; exit 0' TERM; echo victim knows [$DAPR_LOCAL_FAULTS]; echo victim is $$; while :; do sleep 0.05; done")
    {
        _folder.Write("components/store.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata:
              name: store
            spec:
              type: state.sqlite
              version: v1
              metadata:
              - name: connectionString
                value: state.db
            """);
        _folder.Write("dapr.local.yaml", $$"""
            version: 1
            common: {resourcesPaths: [components]}
            apps:
            - {appDirPath: ., appID: victim, daprHTTPPort: {{_ports[0]}}, daprGRPCPort: {{_ports[1]}}, command: [sh, -c, "{{victim}}"]}
            - {appDirPath: ., appID: asker, env: {DAPR_LOCAL_FAULTS: ""}, command: [sh, -c, "echo asker is $$; echo asker knows [$DAPR_LOCAL_FAULTS]; while :; do sleep 0.05; done"]}
            """);
        var run = DaprLocalProcess.Start(_folder.Path);
        await run.ShowsAsync("running. Press Ctrl-C");
        await run.ShowsAsync("asker knows [http");
        await run.ShowsAsync("victim is ");
        return run;
    }
}
