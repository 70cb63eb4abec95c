using System.Net;
using DaprLocal.Api;
using DaprLocal.Config;
using DaprLocal.Grpc;
using DaprLocal.Http;
using DaprLocal.Workflows;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DaprLocal.Sidecars;

/// <summary>
/// The sidecar of an app, or of one of its replicas: the HTTP and gRPC ports on loopback and the deliveries to it. The ports are open once
/// <see cref="StartAsync"/> ends; the app is waited for behind it.
/// </summary>
internal sealed class Sidecar : IAsyncDisposable
{
    private const int MaxStreams = 4096;
    private readonly WebApplication _web;
    private readonly AppLink? _app;
    private readonly ComponentRegistry _components;
    private readonly SidecarOptions _options;
    private readonly HttpMessageInvoker _invoker;
    private readonly TaskCompletionSource _shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Sidecar(SidecarOptions options, ComponentRegistry components, WebApplication web, WorkflowEngine workflows, AppLink? app, MetadataApi metadata, HttpMessageInvoker invoker)
    {
        _options = options;
        _components = components;
        _web = web;
        _app = app;
        _invoker = invoker;
        Workflows = workflows;
        metadata.ShutdownRequested += () => _shutdown.TrySetResult();
    }

    /// <summary>Completes when a caller asks the sidecar to end (<c>POST /v1.0/shutdown</c>); the host decides.</summary>
    public Task ShutdownRequested => _shutdown.Task;

    /// <summary>Ends when the app listens, has been asked for its subscriptions, and is served; at once without an app port. Fails when its subscriptions cannot be served.</summary>
    public Task AppReady => _app?.Ready ?? Task.CompletedTask;

    /// <summary>The app's workflows.</summary>
    public WorkflowEngine Workflows { get; }

    /// <summary>Opens the app's workflows below <paramref name="dataDirectory"/>, then the ports.</summary>
    /// <exception cref="IOException">A port is taken, or the folder cannot be made.</exception>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The workflow file cannot be opened.</exception>
    public static async Task<Sidecar> StartAsync(SidecarOptions options, ComponentRegistry components, string dataDirectory, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        var workflows = await components.WorkflowsOfAsync(options, dataDirectory, time, loggers, ct);
        var log = loggers.CreateLogger("DaprLocal.Sidecar." + options.AppId);
        var metadata = new MetadataApi(options, components.InfosOf(options));
        var pubsubs = components.PubSubsOf(options);
        var state = new StateApi(components.StatesOf(options));
        var publish = new PubSubApi(options.AppId, pubsubs, options.Resiliency, time);
        var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
        var invoke = new InvokeRoutes(options, app => components.Apps.GetValueOrDefault(app), invoker, time);
        var app = options.AppPort is null ? null : new AppLink(options, pubsubs, metadata, time, log);
        var token = options.ApiToken is { } text ? new TokenCheck(text) : null;
        var http = new HttpApi(state, publish, metadata, invoke, token, () => app?.IsListening == false ? ApiErrors.NotReady("app") : null, options.MaxBodySize, options.Costs, log);
        var web = Build(options, loggers, new DaprService(state, publish, metadata), new TaskHubService(workflows));
        web.Use(next => context => HttpProtocol.IsHttp2(context.Request.Protocol) ? next(context) : http.HandleAsync(context));
        if (token is not null) web.Use(next => context => token.InvokeAsync(context, next));
        web.UseRouting();
        web.MapGrpcService<DaprService>();
        web.MapGrpcService<TaskHubService>();
        try
        {
            await web.StartAsync(ct);
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            await components.CloseWorkflowsAsync(options.AppId);
            await web.DisposeAsync();
            invoker.Dispose();
            throw;
        }

        components.Apps[options.AppId] = new AppAddress(options.AppChannelAddress, options.AppPort, options.AppToken, () => app?.IsHealthy is not false, options.DeniesCalls);
        app?.Start();
        return new Sidecar(options, components, web, workflows, app, metadata, invoker);
    }

    /// <summary>Stops the workflows, those of other replicas, too, and the deliveries, then the ports; calls under way get a few seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        // The engine first: the streams of workers end with it, and the ports close only when they are ended.
        await _components.CloseWorkflowsAsync(_options.AppId);
        _components.Apps.TryRemove(_options.AppId, out _);
        if (_app is not null) await _app.DisposeAsync();
        await _web.StopAsync();
        await _web.DisposeAsync();
        _invoker.Dispose();
    }

    /// <summary>Ends it as a crash would, as far as its app can tell: calls under way are cut off, and nothing is waited for.</summary>
    public async Task CutAsync()
    {
        await _web.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DisposeAsync();
    }

    private static WebApplication Build(SidecarOptions options, ILoggerFactory loggers, DaprService service, TaskHubService taskHub)
    {
        // An empty builder: neither files nor ASPNETCORE_* of the user's shell may move our ports.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "dapr-local" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
            kestrel.Listen(IPAddress.Loopback, options.HttpPort, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, options.GrpcPort, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddSingleton(service);
        builder.Services.AddSingleton(taskHub);
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.MaxBodySize;
            grpc.MaxSendMessageSize = options.MaxBodySize;
        });
        return builder.Build();
    }
}
