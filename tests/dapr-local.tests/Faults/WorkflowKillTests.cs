using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace DaprLocal.Tests.Faults;

/// <summary>kill -9 of a workflow's app and of the sidecar, again and again, while many instances run: each ends, and no step has two effects.</summary>
public sealed class WorkflowKillTests : IDisposable
{
    private const int Instances = 1_000;
    private const int Steps = 10;
    private const int Seed = 20_260_101;
    private const int Callers = 32;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly string Worker = Repository.Built("tests/workflow-worker", "workflow-worker");

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-workflows-").FullName;
    private readonly int[] _ports = ServerProcess.FreePorts(2);
    private readonly Dictionary<string, ServerProcess> _running = [];
    private readonly HttpClient _sidecar;

    public WorkflowKillTests() => _sidecar = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_ports[0]}/v1.0/"), Timeout = TimeSpan.FromSeconds(10) };

    public void Dispose()
    {
        foreach (var process in _running.Values) process.Dispose();
        _sidecar.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Kill9_AgainAndAgain_EveryInstanceEndsAndEveryStepHasOneEffect()
    {
        RunFile.Write(_folder, Path.Combine(Repository.Root, "components/local"), "token", [new RunFileApp("order-app", null, _ports[0], _ports[1])]);
        await StartAsync("dapr-local");
        await StartAsync("worker");

        using var ended = new CancellationTokenSource();
        var kills = KillAsync(ended.Token);
        try
        {
            await EachAsync(id => TryAsync(() => _sidecar.PostAsJsonAsync($"workflows/dapr/StepsWorkflow/start?instanceID={id}", Steps)));
            var outputs = new Dictionary<string, string>();
            await EachAsync(async id =>
            {
                var state = await OutcomeAsync(id);
                if (state.GetProperty("runtimeStatus").GetString() is "RUNNING" or "PENDING") return false;
                Assert.True(state.GetProperty("runtimeStatus").GetString() == "COMPLETED", state.ToString());
                lock (outputs) outputs[id] = state.GetProperty("properties").GetProperty("dapr.workflow.output").GetString()!;
                return true;
            });
            Assert.Equal(Instances, outputs.Count);
            Assert.All(outputs, output => Assert.Equal(JsonSerializer.Serialize(Enumerable.Range(0, Steps)), output.Value));
        }
        catch (Exception error)
        {
            throw new InvalidOperationException(string.Join('\n', _running.Select(pair => $"--- {pair.Key}\n{pair.Value.Output}")), error);
        }
        finally
        {
            await ended.CancelAsync();
        }

        Assert.All(await kills, victim => Assert.True(victim.Value >= 2, $"{victim.Key} was killed {victim.Value} times"));
    }

    private async Task<Dictionary<string, int>> KillAsync(CancellationToken ended)
    {
        var kills = new Dictionary<string, int> { ["dapr-local"] = 0, ["worker"] = 0 };
        var random = new Random(Seed);
        while (!ended.IsCancellationRequested)
        {
            await Task.Delay(random.NextDouble() * LongestPause, TimeProvider.System, CancellationToken.None);
            var victim = random.Next(2) == 0 ? "dapr-local" : "worker";
            await _running[victim].KillAsync();
            await StartAsync(victim);
            kills[victim]++;
        }

        return kills;
    }

    private async Task StartAsync(string name)
    {
        if (name == "worker")
        {
            _running[name] = ServerProcess.Start(Worker, [], _folder, new Dictionary<string, string?>
            {
                ["DAPR_HTTP_PORT"] = _ports[0].ToString(CultureInfo.InvariantCulture),
                ["DAPR_GRPC_PORT"] = _ports[1].ToString(CultureInfo.InvariantCulture),
            });
            return;
        }

        _running[name] = RunFile.Run(_folder);
        await _running[name].AnswersAsync(new Uri(_sidecar.BaseAddress!, "healthz/outbound"));
    }

    // Repeats for each instance, many at once, what may fail while something is down.
    private static async Task EachAsync(Func<string, Task<bool>> succeeds)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        await Parallel.ForEachAsync(Enumerable.Range(0, Instances), new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = limit.Token }, async (number, cancellationToken) =>
        {
            while (!await succeeds(string.Create(CultureInfo.InvariantCulture, $"i{number}"))) await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        });
    }

    // A start that is repeated finds the instance there.
    private static async Task<bool> TryAsync(Func<Task<HttpResponseMessage>> call)
    {
        try
        {
            using var answer = await call();
            return answer.IsSuccessStatusCode || (await answer.Content.ReadAsStringAsync()).Contains("already exists", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private async Task<JsonElement> OutcomeAsync(string id)
    {
        try
        {
            using var answer = await _sidecar.GetAsync("workflows/dapr/" + id);
            return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadFromJsonAsync<JsonElement>() : JsonSerializer.SerializeToElement(new { runtimeStatus = "PENDING" });
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return JsonSerializer.SerializeToElement(new { runtimeStatus = "PENDING" });
        }
    }
}
