using System.Globalization;
using DaprLocal.Tests.Api;
using Grpc.Net.Client;
using Microsoft.Extensions.Time.Testing;

namespace DaprLocal.Tests.State;

/// <summary>
/// What recorded cases are played against: dapr-local in this process, or, when <c>DAPR_HTTP_PORT</c> and
/// <c>DAPR_GRPC_PORT</c> name the ports of a running sidecar, that one (app id <c>me</c>, one empty state store
/// <c>store</c> of the kind that <c>OI_STORE</c> names: sqlite, postgresql, redis).
/// </summary>
internal sealed class TestedSidecar : IAsyncDisposable
{
    private readonly RunningSidecar? _own;
    private readonly GrpcChannel? _channel;

    private TestedSidecar(GoldenPlayer player, bool isParallel, RunningSidecar? own, GrpcChannel? channel)
    {
        Player = player;
        IsParallel = isParallel;
        _own = own;
        _channel = channel;
    }

    /// <summary>Plays against this sidecar.</summary>
    public GoldenPlayer Player { get; }

    /// <summary>True when waiting takes time, and cases should wait together.</summary>
    public bool IsParallel { get; }

    /// <summary>The stores to play: all that are there, or the one of the given sidecar.</summary>
    public static IReadOnlyList<string> Stores { get; } = ExternalPorts is null
        ? State.Stores.Here
        : [Environment.GetEnvironmentVariable("OI_STORE") ?? throw new InvalidOperationException("OI_STORE must name the store of the sidecar at DAPR_HTTP_PORT: sqlite, postgresql or redis")];

    private static (int Http, int Grpc)? ExternalPorts =>
        int.TryParse(Environment.GetEnvironmentVariable("DAPR_HTTP_PORT"), CultureInfo.InvariantCulture, out var http)
        && int.TryParse(Environment.GetEnvironmentVariable("DAPR_GRPC_PORT"), CultureInfo.InvariantCulture, out var grpc) ? (http, grpc) : null;

    /// <summary>A sidecar with an empty store of that kind. Embedded stores live by a clock that is moved instead of waited for.</summary>
    public static async Task<TestedSidecar> StartAsync(string store)
    {
        if (ExternalPorts is { } ports)
        {
            var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{ports.Grpc}");
            return new TestedSidecar(new GoldenPlayer(ports.Http, channel.CreateCallInvoker(), Wait), isParallel: true, null, channel);
        }

        var component = await State.Stores.NewAsync(store);
        if (store is "postgresql" or "redis")
        {
            var sidecar = await RunningSidecar.StartAsync([component]);
            return new TestedSidecar(new GoldenPlayer(sidecar.Options.HttpPort, sidecar.Calls, Wait), isParallel: true, sidecar, null);
        }

        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var embedded = await RunningSidecar.StartAsync([component], time: time);
        return new TestedSidecar(new GoldenPlayer(embedded, time), isParallel: false, embedded, null);
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        if (_own is not null) await _own.DisposeAsync();
    }

    // The recorded waits are for a store's own clock to pass a TTL; there is nothing to ask meanwhile.
    private static Task Wait(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}
