using System.Globalization;
using Dapr.Workflow;
using OrderInventory.Testing.Processes;

namespace OrderInventory.Bench.Workflows;

/// <summary>dapr-local as a process, and bench as the app whose workflows it runs.</summary>
internal sealed class WorkflowSystem : IAsyncDisposable
{
    private const string Name = "five";
    private const string Activity = "next";
    private const int Activities = 5;

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-bench-").FullName;
    private readonly int[] _ports = ServerProcess.FreePorts(2);
    private ServerProcess? _process;
    private IHost? _host;
    private DaprWorkflowClient? _client;

    private WorkflowSystem()
    {
    }

    public static async Task<WorkflowSystem> StartAsync()
    {
        var system = new WorkflowSystem();
        try
        {
            await system.StartPartsAsync();
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a workflow as order-app does, without waiting for its first turn, and waits for its end; true when it counted to five.</summary>
    public async Task<bool> RunOneAsync(DateTimeOffset now)
    {
        var id = await _client!.ScheduleNewWorkflowAsync(Name, instanceId: null, input: 0, startTime: now);
        var state = await _client.WaitForWorkflowCompletionAsync(id);
        return state.RuntimeStatus == WorkflowRuntimeStatus.Completed && state.ReadOutputAs<int>() == Activities;
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartPartsAsync()
    {
        RunFile.Write(_folder, RunFile.CopyComponents(_folder, ShippedComponents.On(ShippedComponents.Sqlite), ["bench"]), "bench-token", [new RunFileApp("bench", null, _ports[0], _ports[1])]);
        _process = RunFile.Run(_folder);
        await _process.AnswersAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_ports[0]}/v1.0/healthz/outbound")));
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["DAPR_GRPC_PORT"] = _ports[1].ToString(CultureInfo.InvariantCulture);
        builder.Services.AddDaprWorkflow(options =>
        {
            options.RegisterWorkflow<int, int>(Name, async (context, number) =>
            {
                for (var i = 0; i < Activities; i++) number = await context.CallActivityAsync<int>(Activity, number);
                return number;
            });
            options.RegisterActivity<int, int>(Activity, (_, number) => Task.FromResult(number + 1));
        });
        _host = builder.Build();
        await _host.StartAsync();
        _client = _host.Services.GetRequiredService<DaprWorkflowClient>();
    }
}
