using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace DaprLocal.Tests.Faults;

/// <summary>dapr-local and the app of tests/workflow-worker as processes that can be killed, and the management API of workflows.</summary>
internal sealed class WorkflowProcesses : IDisposable
{
    public const string Sidecar = "dapr-local";
    public const string Worker = "worker";

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-workflows-").FullName;
    private readonly int[] _ports = ServerProcess.FreePorts(2);
    private readonly Dictionary<string, ServerProcess> _running = [];
    private readonly HttpClient _http;

    private WorkflowProcesses() => _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_ports[0]}/v1.0/"), Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>What the processes wrote last, for the message of a failing test.</summary>
    public string Output => string.Join('\n', _running.Select(pair => $"--- {pair.Key}\n{pair.Value.Output}"));

    public static async Task<WorkflowProcesses> StartAsync()
    {
        var processes = new WorkflowProcesses();
        RunFile.Write(processes._folder, Path.Combine(Repository.Root, "components/local"), "token", [new RunFileApp("order-app", null, processes._ports[0], processes._ports[1])]);
        await processes.StartAsync(Sidecar);
        await processes.StartAsync(Worker);
        return processes;
    }

    /// <summary>The folder in which the app runs.</summary>
    public string Folder => _folder;

    /// <summary>kill -9 of one of the two, and its next start.</summary>
    public async Task KillAsync(string name)
    {
        await _running[name].KillAsync();
        await StartAsync(name);
    }

    /// <summary>Starts an instance; true when it is there, now or from an earlier try.</summary>
    public async Task<bool> StartInstanceAsync(string workflow, string id, int input)
    {
        try
        {
            using var answer = await _http.PostAsJsonAsync($"workflows/dapr/{workflow}/start?instanceID={id}", input);
            return answer.IsSuccessStatusCode || (await answer.Content.ReadAsStringAsync()).Contains("already exists", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>The output of an instance; null as long as there is none.</summary>
    /// <exception cref="InvalidOperationException">It has ended in another way than COMPLETED.</exception>
    public async Task<string?> OutputAsync(string id)
    {
        try
        {
            using var answer = await _http.GetAsync("workflows/dapr/" + id);
            if (answer.StatusCode != HttpStatusCode.OK) return null;
            var state = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return state.GetProperty("runtimeStatus").GetString() switch
            {
                "RUNNING" or "PENDING" => null,
                "COMPLETED" => state.GetProperty("properties").GetProperty("dapr.workflow.output").GetString(),
                _ => throw new InvalidOperationException(state.ToString()),
            };
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        foreach (var process in _running.Values) process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync(string name)
    {
        if (name == Worker)
        {
            _running[name] = ServerProcess.Start(Repository.Built("workflow-worker"), [], _folder, new Dictionary<string, string?>
            {
                ["DAPR_HTTP_PORT"] = _ports[0].ToString(CultureInfo.InvariantCulture),
                ["DAPR_GRPC_PORT"] = _ports[1].ToString(CultureInfo.InvariantCulture),
            });
            return;
        }

        _running[name] = RunFile.Run(_folder);
        await _running[name].AnswersAsync(new Uri(_http.BaseAddress!, "healthz/outbound"));
    }
}
