using System.Text.Json;
using Dapr.Client;
using Dapr.TaskHub.Protos;
using DaprLocal.Config;
using DaprLocal.Costs;
using DaprLocal.Hosting;
using DaprLocal.Tests.Api;
using DaprLocal.Tests.Workflows;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Time.Testing;
using OrderInventory.Testing;
using static DaprLocal.Tests.Workflows.EngineCalls;

namespace DaprLocal.Tests.Costs;

/// <summary>What each operation of a sidecar is charged, as the sidecar itself tells it.</summary>
public sealed class ChargingTests
{
    private static readonly Prices Cheap = new(2, 1, System.Enum.GetValues<Operation>().ToDictionary(operation => operation, _ => new Price(Alone: 1.6, InSixteen: 0.25)));

    [Fact]
    public async Task StateAndPublish_OneAndMany_CostOneAloneAndTheOthersLess()
    {
        await using var sidecar = await StartAsync();
        using var dapr = new DaprClientBuilder().UseGrpcEndpoint($"http://127.0.0.1:{sidecar.Options.GrpcPort}").UseHttpEndpoint($"http://127.0.0.1:{sidecar.Options.HttpPort}").Build();

        await dapr.SaveStateAsync("store", "a", 1);
        await dapr.SaveBulkStateAsync("store", [new SaveStateItem<int>("b", 1, ""), new("c", 1, ""), new("d", 1, "")]);
        await dapr.DeleteStateAsync("store", "d");
        await dapr.GetStateAsync<int>("store", "a");
        await dapr.GetBulkStateAsync("store", ["a", "b", "c"], parallelism: null);
        await dapr.PublishEventAsync("pubsub", "t", 1);
        await dapr.BulkPublishEventAsync("pubsub", "t", [1, 2, 3]);

        Assert.Equal(
            [new("save", 3, 5, 5.12), new("get", 2, 4, 3.52), new OperationCost("publish", 2, 4, 3.52)],
            (await ReportAsync(sidecar)).Operations.Select(cost => cost with { Milliseconds = Math.Round(cost.Milliseconds, 3) }));
    }

    [Fact]
    public async Task Workflow_WithActivityTimerAndEvent_CostsEachOfThem()
    {
        await using var sidecar = await StartAsync();
        await using var worker = await AutoWorker.ConnectAsync(sidecar.TaskHub, Script);
        await Start(sidecar, "a", "any");
        await sidecar.TaskHub.RaiseEventAsync(new RaiseEventRequest { InstanceId = "a", Name = "e" });
        await CompletionAsync(sidecar, "a");

        Assert.Equal(
            [("workflow", 1), ("activity", 1), ("event", 1), ("timer", 1)],
            (await ReportAsync(sidecar)).Operations.Select(cost => (cost.Operation, cost.Calls)));

        // An activity, and a timer that never fires; it ends when the activity has a result and the event has come.
        static IEnumerable<WorkflowAction> Script(WorkflowRequest request)
        {
            var events = request.PastEvents.Concat(request.NewEvents).ToList();
            if (request.PastEvents.Count == 0)
            {
                yield return ScriptedWorker.Task(0, "Echo");
                yield return new WorkflowAction { Id = 1, CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddHours(1)) } };
            }

            if (events.Exists(e => e.TaskCompleted is not null) && events.Exists(e => e.EventRaised is not null)) yield return ScriptedWorker.Complete(2);
        }
    }

    [Fact]
    public async Task Report_WithoutPrices_IsNoRoute()
    {
        await using var sidecar = await RunningSidecar.StartAsync([RunningSidecar.Store]);

        Assert.Equal(404, (await sidecar.HttpAsync("GET", "/dapr-local/costs")).Status);
    }

    [Fact]
    public async Task App_UsesTheProcessor_ItsShareIsOnTheBooksAndAllOfItInTheReport()
    {
        var time = new FakeTimeProvider();
        var costs = new CostModel(Cheap with { Processors = 1, AppShare = 0.5 }, time);
        var used = TimeSpan.FromSeconds(1);
        await using var meter = new AppMeter(costs, [("app", () => used)], time);
        used += TimeSpan.FromMilliseconds(10);
        time.Advance(TimeSpan.FromMilliseconds(20));
        await Eventually.TrueAsync(() => costs.Report().Apps.Count == 1, "the app is charged");

        var behind = costs.ChargeAsync(Operation.Save);
        time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.False(behind.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(2));
        await behind;
        Assert.Equal(10, costs.Report().Apps["app"], 3);
    }

    [Fact]
    public void At_AppWithoutCommand_IsNotCharged()
    {
        static AppPlan Plan(params string[] command) =>
            new(new RunFileApp { AppId = "a", AppDirectory = "/", Command = command }, new SidecarOptions { AppId = "a", HttpPort = 1, GrpcPort = 2 }, new Dictionary<string, string?>());
        var plan = new RunPlan(null!, [Plan("dotnet"), Plan()], []);

        Assert.Equal([true, false], plan.At(new CostModel(Cheap, TimeProvider.System)).Apps.Select(app => app.Sidecar.Costs.IsOn));
    }

    private static Task<RunningSidecar> StartAsync() =>
        RunningSidecar.StartAsync([RunningSidecar.Store, RunningSidecar.Broker()], options => options with { Costs = new CostModel(Cheap, TimeProvider.System) });

    private static async Task<CostReport> ReportAsync(RunningSidecar sidecar) =>
        JsonSerializer.Deserialize<CostReport>((await sidecar.HttpAsync("GET", "/dapr-local/costs")).Body, JsonSerializerOptions.Web)!;
}
