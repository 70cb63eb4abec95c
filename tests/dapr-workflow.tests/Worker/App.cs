using System.Threading.Channels;
using Dapr.TaskHub.Protos;
using Dapr.Workflow;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DaprWorkflow.Tests.Worker;

/// <summary>An app with workflows, next to a <see cref="FakeSidecar"/>.</summary>
internal sealed class App : IAsyncDisposable
{
    private App(FakeSidecar sidecar, IHost host) => (Sidecar, Host) = (sidecar, host);

    public FakeSidecar Sidecar { get; }

    public IHost Host { get; }

    public DaprWorkflowClient Client => Host.Services.GetRequiredService<DaprWorkflowClient>();

    public static async Task<App> StartAsync(Action<WorkflowRuntimeOptions> configure, string? token = null, Action<IServiceCollection>? services = null)
    {
        var sidecar = await FakeSidecar.StartAsync();
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["DAPR_GRPC_ENDPOINT"] = sidecar.Address, ["DAPR_API_TOKEN"] = token });
        builder.Services.AddDaprWorkflow(configure);
        services?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new App(sidecar, host);
    }

    public static WorkItem Activity(string name, int id = 0, string input = "", string token = "", string key = "k") => new()
    {
        CompletionToken = token,
        ActivityRequest = new ActivityRequest { Name = name, TaskId = id, Input = input, TaskExecutionId = key, WorkflowInstance = new WorkflowInstance { InstanceId = "i" } },
    };

    public static WorkItem Turn(string name, string instanceId = "i", string token = "", string input = "") => new()
    {
        CompletionToken = token,
        WorkflowRequest = new WorkflowRequest
        {
            InstanceId = instanceId,
            NewEvents =
            {
                new HistoryEvent { EventId = -1, Timestamp = Timestamp.FromDateTime(DateTime.UnixEpoch), WorkflowStarted = new WorkflowStartedEvent() },
                new HistoryEvent
                {
                    EventId = -1,
                    Timestamp = Timestamp.FromDateTime(DateTime.UnixEpoch),
                    ExecutionStarted = new ExecutionStartedEvent { Name = name, Input = input, WorkflowInstance = new WorkflowInstance { InstanceId = instanceId } },
                },
            },
        },
    };

    public static async Task<T> NextAsync<T>(Channel<T> channel) => await channel.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync();
        if (Host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        await Sidecar.DisposeAsync();
    }
}
