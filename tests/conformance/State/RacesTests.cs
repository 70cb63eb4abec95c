using System.Text;
using System.Text.Json.Nodes;
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
    private const int Rounds = 200;
    private static readonly string[] Cases = ["claim", "claim_with_unknown_etag", "claim_in_transaction", "claim_in_transaction_last", "etag_update", "etag_update_in_transaction"];

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
        var recorded = Golden.Cases("state/races.json").Single(node => node["name"]!.GetValue<string>() == name)["results"]!.AsArray()
            .Single(node => node!["store"]!.GetValue<string>() == "state." + store && node["protocol"]!.GetValue<string>() == "grpc")!;
        var winners = int.Parse(recorded["winnersPerRound"]!.AsObject().Single().Key.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        await using var sidecar = await RunningSidecar.StartAsync([await Stores.NewAsync(store)]);
        for (var round = 0; round < Rounds; round++)
        {
            var key = $"{name}-grpc-{round}";
            var etag = name.StartsWith("etag", StringComparison.Ordinal) ? await CreateAsync(sidecar.Grpc, key) : null;
            var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => TryAsync(() => CallAsync(sidecar.Grpc, name, key, etag, caller))));

            Assert.Equal(winners, answers.Count(answer => answer is null));
            foreach (var loser in answers.OfType<RpcException>()) AssertSeen(recorded["losers"]![0]!["saw"]!, loser, round);
            await AssertStoredAsync(sidecar.Grpc, recorded["storedAfter"]!.AsObject(), key, answers);
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

    [Theory]
    [MemberData(nameof(Here))]
    public async Task Transact_SameKeysInOppositeOrder_TakesBothFromOne(string store)
    {
        await using var sidecar = await RunningSidecar.StartAsync([await Stores.NewAsync(store)]);
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller =>
        {
            var items = new[] { Item("left", $"{caller}"), Item("right", $"{caller}") };
            return TryAsync(() => sidecar.Grpc.ExecuteStateTransactionAsync(Transaction(caller % 2 == 0 ? items : [items[1], items[0]])).ResponseAsync);
        }));

        Assert.Contains(null, answers);
        Assert.All(answers.OfType<RpcException>(), lost =>
        {
            Assert.Equal("postgresql", store);
            Assert.Equal((StatusCode.Internal, "error while executing state transaction: ERROR: deadlock detected (SQLSTATE 40P01)"), (lost.StatusCode, lost.Status.Detail));
        });
        Assert.Equal(await ValueAsync(sidecar.Grpc, "left"), await ValueAsync(sidecar.Grpc, "right"));
    }

    private static Task<Google.Protobuf.WellKnownTypes.Empty> CallAsync(DaprClient dapr, string name, string key, string? etag, int caller)
    {
        var value = $"\"{caller}\"";
        var own = Item($"{key}-{caller}", value);
        return name switch
        {
            "claim" => dapr.SaveStateAsync(Save(Item(key, value, isClaim: true))).ResponseAsync,
            "claim_with_unknown_etag" => dapr.SaveStateAsync(Save(Item(key, value, etag: "2147483647"))).ResponseAsync,
            "claim_in_transaction" => dapr.ExecuteStateTransactionAsync(Transaction(Item(key, value, isClaim: true), own)).ResponseAsync,
            "claim_in_transaction_last" => dapr.ExecuteStateTransactionAsync(Transaction(own, Item(key, value, isClaim: true))).ResponseAsync,
            "etag_update" => dapr.SaveStateAsync(Save(Item(key, value, etag: etag))).ResponseAsync,
            _ => dapr.ExecuteStateTransactionAsync(Transaction(Item(key, value, etag: etag), own)).ResponseAsync,
        };
    }

    private static async Task AssertStoredAsync(DaprClient dapr, JsonObject recorded, string key, RpcException?[] answers)
    {
        var value = await ValueAsync(dapr, key);
        var winners = Enumerable.Range(0, Callers).Where(caller => answers[caller] is null).Select(caller => $"\"{caller}\"").ToList();
        if (recorded.ContainsKey("no value")) Assert.Equal("", value);
        else Assert.Contains(value, winners);
        var isOfAll = recorded.ContainsKey("the other key: also of losers");
        if (!isOfAll && !recorded.ContainsKey("the other key: of winners only")) return;
        for (var caller = 0; caller < Callers; caller++)
        {
            Assert.Equal(isOfAll || answers[caller] is null, (await ValueAsync(dapr, $"{key}-{caller}")).Length > 0);
        }
    }

    private static void AssertSeen(JsonNode recorded, RpcException loser, int round)
    {
        Assert.Equal(recorded["code"]!.GetValue<string>(), loser.StatusCode.ToString().ToUpperInvariant());
        var message = recorded["message"]!.GetValue<string>().Replace("<round>", $"{round}", StringComparison.Ordinal)
            .Replace("current=<etag>, expect=<etag>", "current=<etag:1>, expect=<etag:2>", StringComparison.Ordinal);
        Assert.Null(new GoldenMatch().TextDifference(message, loser.Status.Detail, "message"));
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

    private static ExecuteStateTransactionRequest Transaction(params StateItem[] items) =>
        new() { StoreName = "store", Operations = { items.Select(item => new TransactionalStateOperation { OperationType = "upsert", Request = item }) } };
}
