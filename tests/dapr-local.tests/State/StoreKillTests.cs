using OrderInventory.Testing;
using Dapr.Client.Autogen.Grpc.v1;
using DaprLocal.Tests.Api;
using Google.Protobuf;
using Grpc.Core;
using OrderInventory.Testing.Processes;

namespace DaprLocal.Tests.State;

/// <summary>kill -9 of dapr-local's server in the middle of many saves: nothing acknowledged is lost, and it goes on by itself.</summary>
public sealed class StoreKillTests
{
    // So many before the kill, and again as many after it.
    private static readonly int Saves = FullSize.Or(full: 2500, small: 1000);
    private const int Callers = 16;

    // SQLite has no server to kill; with it, this always runs.
    public static TheoryData<string> Here => Stores.Theory;

    [Theory]
    [MemberData(nameof(Here))]
    public async Task Kill_AmidSaves_LosesNothingAcknowledged(string store)
    {
        await using var servers = store == "sqlite" ? null : await OwnServers.StartAsync(tls: false, Stores.ServerOf(store));
        await using var sidecar = await RunningSidecar.StartAsync([servers is null ? await Stores.NewAsync(store) : Stores.On(servers, store)]);
        var next = -1;
        var end = int.MaxValue;
        var acknowledged = 0;
        var failed = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var callers = Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var number && number < Volatile.Read(ref end))
            {
                while (!await TrySaveAsync(sidecar, number)) Interlocked.Increment(ref failed);
                if (Interlocked.Increment(ref acknowledged) == Saves) enough.SetResult();
            }
        }).ToList();

        await enough.Task;
        if (servers is not null)
        {
            await servers.KillAsync(Stores.ServerOf(store));
            await servers.StartAgainAsync(Stores.ServerOf(store));
        }

        Volatile.Write(ref end, Volatile.Read(ref next) + Saves);
        await Task.WhenAll(callers).WaitAsync(TimeSpan.FromMinutes(2));
        if (servers is null) Assert.Equal(0, failed);
        var request = new GetBulkStateRequest { StoreName = "store" };
        request.Keys.AddRange(Enumerable.Range(0, end).Select(number => $"save-{number}"));
        var items = (await sidecar.Grpc.GetBulkStateAsync(request)).Items.ToDictionary(item => item.Key);
        Assert.Equal(end, items.Count);
        Assert.All(items, item => Assert.Equal(item.Key["save-".Length..], item.Value.Data.ToStringUtf8()));
    }

    private static async Task<bool> TrySaveAsync(RunningSidecar sidecar, int number)
    {
        var item = new StateItem { Key = $"save-{number}", Value = ByteString.CopyFromUtf8($"{number}") };
        try
        {
            await sidecar.Grpc.SaveStateAsync(new SaveStateRequest { StoreName = "store", States = { item } });
            return true;
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.Internal)
        {
            return false;
        }
    }
}
