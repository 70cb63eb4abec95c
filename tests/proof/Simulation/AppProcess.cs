using System.Diagnostics.Metrics;
using Dapr.TaskHub.Protos;
using Dapr.Workflow.Worker;
using InventoryApp.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace OrderInventory.Proof.Simulation;

/// <summary>One process of an app, from its start to its death. What it remembers is gone then; what it has told others is not.</summary>
internal sealed class AppProcess : IServiceProvider, IServiceScopeFactory, IServiceScope
{
    // Small, so that operations leave the journal within a run.
    private const int ArchivePage = 1;

    private readonly AppDefinition _app;
    private readonly VirtualTime.Clock _clock;
    private readonly SidecarCalls _sidecar;
    private readonly List<Action> _atDeath = [];
    private ServiceProvider? _services;

    public AppProcess(World world, AppDefinition app, string name)
    {
        _app = app;
        Name = name;
        _clock = new VirtualTime.Clock(world.Time);
        _sidecar = new SidecarCalls(world, this);
    }

    /// <summary>Its name in stories.</summary>
    public string Name { get; }

    /// <summary>Dapr's app id.</summary>
    public string AppId => _app.Name;

    public bool IsDead => _clock.IsDead;

    IServiceProvider IServiceScope.ServiceProvider => this;

    private ServiceProvider Services => _services ??= _app.CreateServices(services =>
    {
        services.AddSingleton<TimeProvider>(_clock);
        services.AddSingleton(new SidecarChannel(_sidecar, _clock));
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<IMeterFactory, Unmeasured>();
        services.AddSingleton(provider => new OperationArchive(provider.GetRequiredService<IStateStore>(), ArchivePage));
        services.AddSingleton(new TaskHubSidecarService.TaskHubSidecarServiceClient(_sidecar));
    });

    /// <summary>Sends a request; the answer never comes when the process dies before.</summary>
    public async Task<HttpAnswer> SendAsync(string method, string path, byte[] body, IReadOnlyDictionary<string, string> headers)
    {
        var request = new DirectRequest(method, path, body, headers, this);
        await _app.HandleAsync(request.Features);
        return request.Answer();
    }

    /// <summary>Runs one turn of a workflow.</summary>
    public Task<WorkflowResponse> TakeTurnAsync(WorkflowRequest request) => Services.GetRequiredService<TurnRunner>().RunAsync(request);

    /// <summary>Runs one activity.</summary>
    public Task<ActivityResponse> RunActivityAsync(ActivityRequest request) => Services.GetRequiredService<ActivityRunner>().RunAsync(request);

    /// <summary>Calls <paramref name="action"/> when the process dies.</summary>
    public void AtDeath(Action action) => _atDeath.Add(action);

    /// <summary>Ends the process.</summary>
    public void Die()
    {
        _clock.IsDead = true;
        foreach (var action in _atDeath) action();
    }

    public object? GetService(Type serviceType) => serviceType == typeof(IServiceScopeFactory) ? this : Services.GetService(serviceType) ?? _app.Framework.GetService(serviceType);

    public IServiceScope CreateScope() => this;

    public void Dispose()
    {
    }

    /// <summary>Meters that nobody listens to and nobody keeps.</summary>
    private sealed class Unmeasured : IMeterFactory
    {
        private static readonly Dictionary<string, Meter> Meters = [];

        public Meter Create(MeterOptions options)
        {
            if (!Meters.TryGetValue(options.Name, out var meter)) Meters[options.Name] = meter = new Meter(options.Name);
            return meter;
        }

        public void Dispose()
        {
        }
    }
}
