using System.Net;
using Dapr.TaskHub.Protos;
using Grpc.Core;
using Grpc.Net.Client;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>
/// Takes orders down every path and looks at what their groups' workflows did: calls of the one activity, and an end. Nothing
/// else may ever be in a history, or another version could not replay it.
/// </summary>
[Collection(OneKilledSystem.Name)]
public sealed class HistoryTests(KilledSystem killed)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    private readonly LocalSystem _system = killed.Local;

    [Fact]
    public async Task Workflow_OnEveryPath_CallsItsActivityAndEnds()
    {
        await killed.PutStockAsync("plenty", 100);
        await killed.PutStockAsync("none", 0);
        await CheckAsync(await PlaceAsync("refused", OrderClient.Body("none")));
        await CheckAsync(await PlaceAsync("partly-refused", """{"userId":"u","lines":[{"productId":"plenty","quantity":1,"amount":1},{"productId":"none","quantity":1,"amount":1}]}"""));
        foreach (var commands in new[] { "cancel", "pay refund", "pay ship refund", "pay ship deliver refund" })
        {
            var id = await PlaceAsync(commands.Replace(' ', '-'), OrderClient.Body("plenty"));
            foreach (var command in commands.Split(' ')) Assert.Equal(HttpStatusCode.OK, await _system.Orders.CommandAsync(id, command));
            await CheckAsync(id);
        }

        await CheckAsync(await CancelWhilePendingAsync());
        await killed.CheckAsync();
    }

    private async Task<string> PlaceAsync(string key, string body)
    {
        var id = killed.Orders[key] = await _system.Orders.PlaceAsync(body, key);
        await _system.Orders.DecidedAsync(id, Within);
        return id;
    }

    private async Task<string> CancelWhilePendingAsync()
    {
        await _system.KillAsync("inventory-app");
        const string Key = "cancelled-while-pending";
        var id = killed.Orders[Key] = await _system.Orders.PlaceAsync(OrderClient.Body("plenty"), Key);
        var cancelling = _system.Orders.CommandAsync(id, "cancel");
        await _system.StartAsync("inventory-app");
        Assert.Equal(HttpStatusCode.OK, await cancelling);
        return id;
    }

    private async Task CheckAsync(string orderId)
    {
        using var channel = GrpcChannel.ForAddress(_system.OrderSidecarGrpc);
        var hub = new TaskHubSidecarService.TaskHubSidecarServiceClient(channel);
        var groups = await Eventually.GetAsync(() => Task.FromResult(_system.GroupsOf(orderId)), found => found.Count > 0, Within, "the groups of the order are seen");
        foreach (var group in groups)
        {
            var history = await Eventually.GetAsync(
                async () => (await hub.GetInstanceHistoryAsync(new GetInstanceHistoryRequest { InstanceId = group }, new Metadata { { "dapr-api-token", LocalSystem.SidecarToken } })).Events.ToArray(),
                events => events.Any(recorded => recorded.ExecutionCompleted is not null),
                Within,
                $"the workflow of {group} ends");
            var steps = history.Select(Step).Where(step => step.Length > 0).ToArray();
            Assert.All(steps[..^1], step => Assert.Equal("AdvanceActivity", step));
            Assert.InRange(steps.Length, 2, 6);
            Assert.Equal("true", steps[^1]);
        }
    }

    /// <summary>What the workflow itself decided; when and in which portions it was told things differs from run to run.</summary>
    private static string Step(HistoryEvent recorded) => recorded.EventTypeCase switch
    {
        HistoryEvent.EventTypeOneofCase.TaskScheduled => recorded.TaskScheduled.Name,
        HistoryEvent.EventTypeOneofCase.TimerCreated => "timer",
        HistoryEvent.EventTypeOneofCase.ExecutionCompleted => recorded.ExecutionCompleted.Result,
        _ => "",
    };
}
