using System.Collections.Concurrent;
using System.Globalization;
using Dapr.Workflow;
using DaprLocal.Tests.Api;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Library;

/// <summary>An app with workflows on the package Dapr.Workflow beside dapr-local, over real gRPC; either can go and come back.</summary>
internal sealed class LibraryHost : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider? _time;
    private readonly (int Http, int Grpc) _ports = (RunningSidecar.FreePort(), RunningSidecar.FreePort());
    private readonly List<string> _folders = [];
    private RunningSidecar? _sidecar;
    private IHost? _app;

    private LibraryHost(FakeTimeProvider? time) => _time = time;

    public RunningSidecar Sidecar => _sidecar ?? throw new InvalidOperationException("The sidecar is down.");

    public DaprWorkflowClient Client => _app?.Services.GetRequiredService<DaprWorkflowClient>() ?? throw new InvalidOperationException("The app is down.");

    /// <summary>What the app logged under the category "code".</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    /// <param name="register">What the app runs.</param>
    /// <param name="time">The clock of the sidecar; null means the real one.</param>
    public static async Task<LibraryHost> StartAsync(Action<WorkflowRuntimeOptions> register, FakeTimeProvider? time = null)
    {
        var host = new LibraryHost(time);
        host._folders.Add(Directory.CreateTempSubdirectory("library-workflows-").FullName);
        await host.StartSidecarAsync();
        await host.StartAppAsync(register);
        return host;
    }

    public static Task<LibraryHost> StartAsync<TOut>(Func<WorkflowContext, Task<TOut>> code, Action<WorkflowRuntimeOptions>? others = null, FakeTimeProvider? time = null) =>
        StartAsync(
            options =>
            {
                options.RegisterWorkflow<object?, TOut>("W", (context, _) => code(context));
                others?.Invoke(options);
            },
            time);

    /// <summary>Starts the app.</summary>
    public async Task StartAppAsync(Action<WorkflowRuntimeOptions> register)
    {
        _app = Build(register);
        await _app.StartAsync();
        await Eventually.TrueAsync(() => Sidecar.Workflows.ConnectedWorkers == 1, "the app is connected");
    }

    /// <summary>Brings up an app that takes no work and only calls.</summary>
    public void StartClient() => _app = Build(_ => { });

    private IHost Build(Action<WorkflowRuntimeOptions> register)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["DAPR_GRPC_PORT"] = _ports.Grpc.ToString(CultureInfo.InvariantCulture) });
        builder.Logging.AddProvider(new CodeLog(Log));
        builder.Services.AddDaprWorkflow(register);
        return builder.Build();
    }

    public async Task StopAppAsync()
    {
        await _app!.StopAsync();
        await ((IAsyncDisposable)_app).DisposeAsync();
        _app = null;
    }

    public async Task StartSidecarAsync() => _sidecar = await RunningSidecar.StartAsync(
        [],
        options => options with { AppId = "wf", HttpPort = _ports.Http, GrpcPort = _ports.Grpc },
        _time,
        _folders[^1]);

    /// <summary>The end of the sidecar as by kill -9: what it does while it closes is lost.</summary>
    public async Task KillSidecarAsync()
    {
        _folders.Add(await Sidecar.KillAsync());
        _sidecar = null;
    }

    /// <summary>Starts an instance of the workflow and waits until it has ended.</summary>
    public async Task<WorkflowState> RunAsync(string id, string name = "W", object? input = null)
    {
        await Client.ScheduleNewWorkflowAsync(name, id, input);
        return await EndAsync(id);
    }

    /// <summary>The state at the end of an instance.</summary>
    public async Task<WorkflowState> EndAsync(string id) => await Client.WaitForWorkflowCompletionAsync(id).WaitAsync(Patience);

    /// <summary>The kinds of the recorded events with the ids that they carry.</summary>
    public IEnumerable<string> History(string id) => Sidecar.Workflows.GetHistory(id)!.Select(e => e.EventId < 0 ? $"{e.EventTypeCase}" : $"{e.EventTypeCase} {e.EventId}");

    /// <summary>Whether a timer of any instance has not fired yet.</summary>
    public bool HasOpenTimers
    {
        get
        {
            using var connection = new SqliteConnection($"Data Source={Sidecar.WorkflowFile};Mode=ReadOnly;Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT EXISTS (SELECT * FROM timers)";
            return (long)command.ExecuteScalar()! == 1;
        }
    }

    /// <summary>Waits until the instance has that status for the client.</summary>
    public async Task StatusAsync(string id, WorkflowRuntimeStatus status) => await OrderInventory.Testing.Eventually.GetAsync(
        () => Client.GetWorkflowStateAsync(id), state => state.RuntimeStatus == status, Patience, $"{id} is {status}");

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await StopAppAsync();
        if (_sidecar is not null) await _sidecar.DisposeAsync();
        foreach (var folder in _folders) Directory.Delete(folder, recursive: true);
    }

    private sealed class CodeLog(ConcurrentQueue<string> entries) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => categoryName == "code" ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => entries.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
