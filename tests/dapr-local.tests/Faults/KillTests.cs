using DaprLocal.Tests.PubSub;
using Grpc.Core;
using OrderInventory.Testing.Processes;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Faults;

/// <summary>kill -9 of dapr-local, or of Kafka under it, amid saves and publishes: what was acknowledged is there and is delivered, and delivery goes on by itself.</summary>
public sealed class KillTests
{
    private static readonly int Numbers = FullSize.Or(full: 5000, small: 2000);

    /// <summary>Brokers with what is killed: dapr-local on each of them, and Kafka itself.</summary>
    public static TheoryData<string, string> Victims => TestBroker.Kafka is null
        ? new() { { "sqlite", "dapr-local" } }
        : new() { { "sqlite", "dapr-local" }, { "kafka", "dapr-local" }, { "kafka", "kafka" } };

    [Theory]
    [MemberData(nameof(Victims))]
    public async Task Kill_AmidSavesAndPublishes_LosesNothingAcknowledged(string kind, string victim)
    {
        await using var servers = victim == "kafka" ? await OwnServers.StartAsync(tls: false, victim) : null;
        using var broker = new TestBroker(kind, servers?.Environment["OI_KAFKA"]);
        await using var sidecar = await SidecarProcess.StartAsync(broker);
        var load = new SidecarLoad(sidecar.Grpc, broker.Topic("t"));
        var halfway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isBack = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var running = load.RunAsync(0, Numbers, () => isBack.Task, acknowledged => { if (acknowledged == Numbers / 2) halfway.SetResult(); });
        await halfway.Task.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);
        await (servers?.KillAsync(victim) ?? sidecar.KillAsync());
        Assert.False(running.IsCompleted, "the load was over before the kill");
        await (servers?.StartAgainAsync(victim) ?? sidecar.StartAsync());
        isBack.SetResult();
        await running.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);

        // A broker that comes back soon is waited for; a sidecar that is gone answers nobody.
        if (servers is null) Assert.NotEmpty(load.Errors);
        Assert.All(load.Errors, error => Assert.True(error.StatusCode is StatusCode.Unavailable or StatusCode.Internal, error.ToString()));
        var stored = await load.StoredAsync();
        Assert.All(load.Saves.Where(save => save.Value), save => Assert.True(stored.ContainsKey(save.Key), $"{save.Key} was acknowledged and is gone"));
        Assert.All(stored, item => Assert.Equal(SidecarLoad.Value(item.Key), item.Value));
        await Eventually.TrueAsync(() => sidecar.App.Deliveries.Count >= load.Publishes.Count(publish => publish.Value) && Missing(sidecar, load).Length == 0, "all that was acknowledged is delivered", 120);
        Assert.Subset(load.Publishes.Keys.ToHashSet(), Delivered(sidecar));
    }

    private static HashSet<int> Delivered(SidecarProcess sidecar) => [.. sidecar.App.Deliveries.Select(delivery => delivery.Body["data"]!["n"]!.GetValue<int>())];

    private static int[] Missing(SidecarProcess sidecar, SidecarLoad load)
    {
        var delivered = Delivered(sidecar);
        return [.. load.Publishes.Where(publish => publish.Value && !delivered.Contains(publish.Key)).Select(publish => publish.Key)];
    }
}
