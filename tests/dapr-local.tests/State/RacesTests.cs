using OrderInventory.Testing;
using System.Text;
using Dapr.Client.Autogen.Grpc.v1;
using DaprLocal.Tests.Api;
using Google.Protobuf;
using Grpc.Core;
using DaprClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace DaprLocal.Tests.State;

/// <summary>Sixteen callers at once on one key, on every store that is there: as many winners as daprd had, and losers that see what daprd's losers saw.</summary>
public sealed class RacesTests
{
    private const int Callers = 16;
    private static readonly int Rounds = FullSize.Or(full: 200, small: 20);
    private static readonly string[] Cases = ["claim", "claim_with_unknown_etag", "etag_update"];

    public static TheoryData<string, string> StoresAndCases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var store in Stores.Here)
            {
                foreach (var name in Cases) data.Add(store, name);
            }

            return data;
        }
    }

    public static TheoryData<string> Here => Stores.Theory;

    [Theory]
    [MemberData(nameof(StoresAndCases))]
    public async Task Race_RecordedCase_HasWinnersAndLosersOfDaprd(string store, string name)
    {
        var recorded = Golden.Cases("state/races.json").Single(node => (string?)node["name"] == name)["steps"]!.AsArray().Single(node => (string?)node!["store"] == "state." + store)!;
        await using var sidecar = await RunningSidecar.StartAsync([await Stores.NewAsync(store)]);
        for (var round = 0; round < Rounds; round++)
        {
            var key = $"{name}-grpc-{round}";
            var etag = name.StartsWith("etag", StringComparison.Ordinal) ? await CreateAsync(sidecar.Grpc, key) : null;
            var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => TryAsync(() => CallAsync(sidecar.Grpc, name, key, etag, caller))));

            Assert.Equal((int)recorded["winners"]!, answers.Count(answer => answer is null));
            Assert.All(answers.OfType<RpcException>(), loser => Assert.Equal((string?)recorded["losers"], loser.StatusCode.ToString().ToUpperInvariant()));
            string[] values = [.. Enumerable.Range(0, Callers).Where(caller => answers[caller] is null).Select(caller => $"\"{caller}\"")];
            Assert.Contains(await ValueAsync(sidecar.Grpc, key), values.Length > 0 ? values : [""]);
        }
    }

    [Theory]
    [MemberData(nameof(Here))]
    public async Task Update_SixteenCountersWithETag_LoseNothing(string store)
    {
        const int Increments = 200 / Callers;
        await using var sidecar = await RunningSidecar.StartAsync([await Stores.NewAsync(store)]);
        await sidecar.Grpc.SaveStateAsync(Save(Item("counter", "0")));
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            for (var done = 0; done < Increments;)
            {
                var read = await sidecar.Grpc.GetStateAsync(new GetStateRequest { StoreName = "store", Key = "counter" });
                var next = int.Parse(read.Data.ToStringUtf8(), System.Globalization.CultureInfo.InvariantCulture) + 1;
                var item = Item("counter", next.ToString(System.Globalization.CultureInfo.InvariantCulture), etag: read.Etag);
                var refused = await TryAsync(() => sidecar.Grpc.SaveStateAsync(Save(item)).ResponseAsync);
                if (refused is null) done++;
                else Assert.Equal(StatusCode.Aborted, refused.StatusCode);
            }
        }));

        var counter = await sidecar.Grpc.GetStateAsync(new GetStateRequest { StoreName = "store", Key = "counter" });
        Assert.Equal(Callers * Increments, int.Parse(counter.Data.ToStringUtf8(), System.Globalization.CultureInfo.InvariantCulture));
    }

    private static Task<Google.Protobuf.WellKnownTypes.Empty> CallAsync(DaprClient dapr, string name, string key, string? etag, int caller)
    {
        var value = $"\"{caller}\"";
        return name switch
        {
            "claim" => dapr.SaveStateAsync(Save(Item(key, value, isClaim: true))).ResponseAsync,
            "claim_with_unknown_etag" => dapr.SaveStateAsync(Save(Item(key, value, etag: "2147483647"))).ResponseAsync,
            _ => dapr.SaveStateAsync(Save(Item(key, value, etag: etag))).ResponseAsync,
        };
    }

    private static async Task<string> CreateAsync(DaprClient dapr, string key)
    {
        await dapr.SaveStateAsync(Save(Item(key, "0")));
        return (await dapr.GetStateAsync(new GetStateRequest { StoreName = "store", Key = key })).Etag;
    }

    private static async Task<string> ValueAsync(DaprClient dapr, string key) => (await dapr.GetStateAsync(new GetStateRequest { StoreName = "store", Key = key })).Data.ToStringUtf8();

    private static async Task<RpcException?> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (RpcException error)
        {
            return error;
        }
    }

    private static StateItem Item(string key, string value, string? etag = null, bool isClaim = false)
    {
        var item = new StateItem { Key = key, Value = ByteString.CopyFrom(value, Encoding.UTF8) };
        if (etag is not null) item.Etag = new Etag { Value = etag };
        if (isClaim) item.Options = new StateOptions { Concurrency = StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite };
        return item;
    }

    private static SaveStateRequest Save(StateItem item) => new() { StoreName = "store", States = { item } };
}
