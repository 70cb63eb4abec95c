using System.Net;
using DaprLocal.Config;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace DaprLocal.Sidecars;

/// <summary>Replaced at the merge.</summary>
internal sealed record PublishedMessage(string Pubsub, string Topic, string? Key, string? EventId, DateTimeOffset Time);

/// <summary>Replaced at the merge.</summary>
internal sealed class ComponentRegistry : IAsyncDisposable
{
    public static Task<ComponentRegistry> OpenAsync(IReadOnlyList<ComponentManifest> components, string dataDirectory, TimeProvider time, ILoggerFactory loggers, CancellationToken ct) => Task.FromResult(new ComponentRegistry());

    public event Action<PublishedMessage>? MessagePublished;

    public void Raise(PublishedMessage message) => MessagePublished?.Invoke(message);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Replaced at the merge.</summary>
internal sealed class Sidecar(WebApplication app) : IAsyncDisposable
{
    public static async Task<Sidecar> StartAsync(SidecarOptions options, ComponentRegistry components, Action<IServiceCollection>? services, Action<IEndpointRouteBuilder>? endpoints, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.HttpPort);
            kestrel.Listen(IPAddress.Loopback, options.GrpcPort, listen => listen.Protocols = HttpProtocols.Http2);
        });
        services?.Invoke(builder.Services);
        var app = builder.Build();
        endpoints?.Invoke(app);
        app.MapGet("/v1.0/healthz/outbound", () => Results.NoContent());
        await app.StartAsync(ct);
        return new Sidecar(app);
    }

    public event Action? ShutdownRequested;

    public void Shutdown() => ShutdownRequested?.Invoke();

    public Task AppReady { get; } = Task.CompletedTask;

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
