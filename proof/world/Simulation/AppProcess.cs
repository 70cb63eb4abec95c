using System.Diagnostics.Metrics;
using Dapr.Common.Serialization;
using Dapr.DurableTask.Protobuf;
using InventoryApp;
using InventoryApp.Changes;
using InventoryApp.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderApp;
using OrderApp.Agenda;
using OrderApp.Intake;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;

namespace OrderInventory.Proof.Simulation;

/// <summary>One process of an app, from its start to its death. What it remembers is gone then; what it has told others is not.</summary>
internal sealed class AppProcess : IServiceProvider, IServiceScopeFactory, IServiceScope
{
    // Small, so that operations leave the journal within a run.
    private const int ArchivePage = 1;

    // It knows types, and learning them takes longer than a run.
    private static readonly IDaprSerializer Serializer = new JsonDaprSerializer();

    private readonly AppDefinition _app;
    private readonly OrderOptions _options;
    private readonly InventoryOptions _inventory;
    private readonly VirtualTime.Clock _clock;
    private readonly SidecarCalls _sidecar;
    private readonly List<Action> _atDeath = [];
    private readonly Dictionary<Type, object?> _known = [];
    private ServiceProvider? _services;
    private readonly PackageWorker? _worker;

    public AppProcess(World world, AppDefinition app, string name, OrderOptions options, InventoryOptions inventory)
    {
        _inventory = inventory;
        _options = options;
        _app = app;
        Name = name;
        _clock = new VirtualTime.Clock(world.Time);
        _sidecar = new SidecarCalls(world, this);
        if (app.Worker is { } worker) _worker = new PackageWorker(this, worker);
    }

    /// <summary>Its name in stories.</summary>
    public string Name { get; }

    /// <summary>What it was told to be stored, to have stored, or not to have started, since it began.</summary>
    public SortedSet<string> Told { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it has looked at what of the agenda is not due, as its first look does.</summary>
    public bool HasLookedAhead => Started<AgendaRound>()?.HasLookedAhead == true;

    /// <summary>All that it can remember: what it was told, whether it has looked ahead, and which orders it knows to be driven by nobody.</summary>
    public IEnumerable<string> Memory =>
        [.. Told, .. (HasLookedAhead ? (string[])["looked ahead"] : []), .. (Started<UndrivenOrders>()?.All ?? []).Select(order => $"undriven {order.OrderId} {order.Group}").Order(StringComparer.Ordinal)];

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
        services.AddSingleton<Random>(new Even());
        services.AddSingleton(new Backoff(new Even(), _clock));
        services.AddSingleton(provider => new OperationArchive(provider.GetRequiredService<IStateStore>(), ArchivePage));
        services.AddSingleton(Serializer);
        services.AddSingleton(Options.Create(_options));
        services.AddSingleton(Options.Create(_inventory));
        if (_worker is not null) services.AddSingleton(new TaskHubSidecarService.TaskHubSidecarServiceClient(new TaskHubCalls(_sidecar, _worker)));
    });

    /// <summary>Sends a request; the answer never comes when the process dies before.</summary>
    public async Task<HttpAnswer> SendAsync(string method, string path, byte[] body, IReadOnlyDictionary<string, string> headers)
    {
        var request = new DirectRequest(method, path, body, headers, this);
        await _app.HandleAsync(request.Features);
        return request.Answer();
    }

    /// <summary>One look at the agenda of order-app.</summary>
    public Task LookAtAgendaAsync() => LookAsync(((AgendaRound)GetService(typeof(AgendaRound))!).LookAsync(CancellationToken.None));

    /// <summary>One look of inventory-app at what it may not have told.</summary>
    public Task LookAtNotesAsync() => LookAsync(((UntoldLook)GetService(typeof(UntoldLook))!).LookAsync(CancellationToken.None));

    private static async Task LookAsync(Task look)
    {
        try
        {
            await look;
        }
        catch (DependencyUnavailableException)
        {
            // As its service does: the next look goes on.
        }
    }

    /// <summary>What runs its workflows.</summary>
    public PackageWorker Worker => _worker ?? throw new InvalidOperationException($"{Name} has no workflows.");

    /// <summary>Calls <paramref name="action"/> when the process dies.</summary>
    public void AtDeath(Action action) => _atDeath.Add(action);

    /// <summary>Ends the process.</summary>
    public void Die()
    {
        _clock.IsDead = true;
        _worker?.Stop();
        foreach (var action in _atDeath) action();
    }

    /// <summary>Lets go of what it has in hand, when the run is over.</summary>
    public void Leave() => _worker?.Stop();

    // A process that has done nothing yet has none.
    private T? Started<T>() where T : class => _services is null ? null : GetService(typeof(T)) as T;

    // Everything here is a singleton. Asked twice for one, the container would compile code for it, in each process anew.
    public object? GetService(Type serviceType)
    {
        if (!_known.TryGetValue(serviceType, out var service)) _known[serviceType] = service = serviceType == typeof(IServiceScopeFactory) ? this : Services.GetService(serviceType) ?? _app.Framework.GetService(serviceType);
        return service;
    }

    public IServiceScope CreateScope() => this;

    public void Dispose()
    {
    }

    /// <summary>Draws the same whatever was drawn before, so that runs which differ in their past alone go on alike.</summary>
    private sealed class Even : Random
    {
        public override double NextDouble() => 0.5;

        public override int Next(int maxValue) => maxValue / 2;
    }

    /// <summary>Meters that nobody listens to; nobody keeps them either, since metrics are switched off (world.props).</summary>
    private sealed class Unmeasured : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
