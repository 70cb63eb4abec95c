using Dapr.TaskHub.Protos;
using DaprLocal.Tests.PubSub;
using Grpc.Core;
using Microsoft.Data.Sqlite;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Faults;

/// <summary>A disk without room: every write says so, reads go on, nothing is damaged, and all is well again when there is room.</summary>
public sealed class FullDiskTests
{
    private const int Round = 200;
    private const int MaxRounds = 100;

    public static TheoryData<string> AllDisks => [.. TestDisk.Kinds];

    // Nothing can make a file system read-only while files are open for writing.
    public static TheoryData<string> Disks => [.. TestDisk.Kinds.Where(kind => kind != TestDisk.ReadOnly)];

    [Theory]
    [MemberData(nameof(AllDisks))]
    public async Task Start_OnADiskThatTakesNothing_SaysSoAndWorksOnceItDoes(string kind)
    {
        using var disk = new TestDisk(kind);
        using var broker = new TestBroker("sqlite");
        await using var sidecar = await SidecarProcess.StartAsync(broker, Path.Combine(disk.Folder, "data"));
        var load = new SidecarLoad(sidecar.Grpc, broker.Topic("t"));
        await load.RunAsync(0, Round, () => Task.CompletedTask);
        Assert.Equal(0, await sidecar.StopAsync());

        disk.Fill(pid: null);
        var said = await sidecar.FailToStartAsync(disk.Limit);
        Assert.Contains("error: ", said, StringComparison.Ordinal);
        Assert.Contains("make room", said, StringComparison.Ordinal);
        Assert.DoesNotContain("in use by another", said, StringComparison.Ordinal);
        Assert.DoesNotContain("fault of dapr-local", said, StringComparison.Ordinal);

        disk.MakeRoom(pid: null);
        await sidecar.StartAsync();
        Assert.Equal(Round, (await load.StoredAsync()).Count);
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public async Task FullDisk_AmidSavesAndPublishes_IsSaidAndIsOverWhenThereIsRoom(string kind)
    {
        using var disk = new TestDisk(kind);
        using var broker = new TestBroker("sqlite");
        await using var sidecar = await SidecarProcess.StartAsync(broker, Path.Combine(disk.Folder, "data"));
        var workflows = new TaskHubSidecarService.TaskHubSidecarServiceClient(sidecar.Calls);
        var load = new SidecarLoad(sidecar.Grpc, broker.Topic("t"));
        await load.RunAsync(0, Round, () => Task.CompletedTask);
        Assert.Empty(load.Errors);

        disk.Fill(sidecar.Id);
        var round = 1;
        // What the files own already can still be overwritten; a full disk is felt when they have to grow.
        while (round < MaxRounds && !(HasFailed(load.Saves) && HasFailed(load.Publishes))) await load.RunAsync(round++ * Round, Round, () => Task.CompletedTask);
        Assert.True(round < MaxRounds, "the disk never became full");
        Assert.All(load.Errors, error => Assert.True(IsAboutTheDisk(error), error.ToString()));
        Assert.Superset(Acknowledged(load.Saves), (await load.StoredAsync()).Keys.ToHashSet());
        var refused = await Assert.ThrowsAsync<RpcException>(() => StartAsync(workflows, "while-full"));
        Assert.True(IsAboutTheDisk(refused), refused.ToString());

        disk.MakeRoom(sidecar.Id);
        load.Errors.Clear();
        await load.RunAsync(round * Round, Round, () => Task.CompletedTask);
        Assert.Empty(load.Errors);
        await Assert.ThrowsAsync<RpcException>(() => StartAsync(workflows, "with-room"));
        Assert.True((await workflows.GetInstanceAsync(new GetInstanceRequest { InstanceId = "with-room" })).Exists);
        var stored = await load.StoredAsync();
        Assert.Superset(Acknowledged(load.Saves), stored.Keys.ToHashSet());
        Assert.All(stored, item => Assert.Equal(SidecarLoad.Value(item.Key), item.Value));
        await Eventually.TrueAsync(() => Acknowledged(load.Publishes).IsSubsetOf(sidecar.App.Deliveries.Select(delivery => delivery.Body["data"]!["n"]!.GetValue<int>())), "all that was acknowledged is delivered", 60);

        Assert.Equal(0, await sidecar.StopAsync());
        Assert.All(Directory.GetFiles(sidecar.Data, "*.db", SearchOption.AllDirectories), file => Assert.Equal("ok", Integrity(file)));
    }

    private static bool HasFailed(IEnumerable<KeyValuePair<int, bool>> calls) => calls.Any(call => !call.Value);

    private static HashSet<int> Acknowledged(IEnumerable<KeyValuePair<int, bool>> calls) => [.. calls.Where(call => call.Value).Select(call => call.Key)];

    private static bool IsAboutTheDisk(RpcException error) =>
        error.StatusCode is StatusCode.Internal or StatusCode.Unknown
        && (error.Status.Detail.Contains("database or disk is full", StringComparison.Ordinal) || error.Status.Detail.Contains("disk I/O error", StringComparison.Ordinal));

    // Nobody works for it: a start that is taken lasts until the deadline.
    private static async Task StartAsync(TaskHubSidecarService.TaskHubSidecarServiceClient workflows, string id) =>
        await workflows.StartInstanceAsync(new CreateInstanceRequest { InstanceId = id, Name = "any" }, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(2));

    private static string Integrity(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        return (string)command.ExecuteScalar()!;
    }
}
