using Dapr.TaskHub.Protos;
using DaprLocal.Config;
using DaprLocal.Grpc;
using DaprLocal.Workflows;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprLocal.Tests.Workflows;

/// <summary>The engine behind its real gRPC service on a loopback port, and a client for it.</summary>
internal sealed class EngineHost : IAsyncDisposable
{
    // Files outlive their hosts: tests open them again. They go with the process.
    private static readonly string Folder = NewFolder();
    private static int _files;

    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private EngineHost(WorkflowEngine engine, WebApplication app, GrpcChannel channel)
    {
        Engine = engine;
        _app = app;
        _channel = channel;
        Client = new TaskHubSidecarService.TaskHubSidecarServiceClient(channel);
    }

    public WorkflowEngine Engine { get; }

    public TaskHubSidecarService.TaskHubSidecarServiceClient Client { get; }

    public static async Task<EngineHost> StartAsync(string path, TimeProvider? time = null, WorkflowSettings? settings = null, int maxBodySize = 16 * 1024 * 1024)
    {
        var options = new SidecarOptions { AppId = "wf", HttpPort = 0, GrpcPort = 0, Workflows = settings ?? WorkflowSettings.Default, MaxBodySize = maxBodySize };
        var engine = await WorkflowEngine.OpenAsync(options, path, time ?? TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = 16 * 1024 * 1024);
        builder.Services.AddSingleton(engine);
        builder.Services.AddSingleton<TaskHubService>();
        var app = builder.Build();
        app.MapGrpcService<TaskHubService>();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new EngineHost(engine, app, GrpcChannel.ForAddress(address, new GrpcChannelOptions { MaxReceiveMessageSize = 16 * 1024 * 1024 }));
    }

    /// <summary>Where there is no file yet.</summary>
    public static string NewPath() => Path.Combine(Folder, $"{Interlocked.Increment(ref _files)}.db");

    private static string NewFolder()
    {
        var folder = Directory.CreateTempSubdirectory("workflow-engine-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        _channel.Dispose();
        await _app.DisposeAsync();
    }
}
