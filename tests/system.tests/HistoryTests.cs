using System.Net;
using System.Text.Json;
using Dapr.TaskHub.Protos;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>
/// Takes an order down every path of the workflow and compares what the workflow did with the recorded history, which
/// order-app's tests replay against the current code. UPDATE_SNAPSHOTS=1 records anew; old histories must keep replaying,
/// so a change that alters them needs a new workflow name (CONTRIBUTING.md).
/// </summary>
public sealed class HistoryTests
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    private LocalSystem _system = null!;

    [Fact]
    public async Task Workflow_OfAnUnpaidOrder_DoesWhatWasRecorded()
    {
        await using var system = _system = await LocalSystem.StartAsync(new Dictionary<string, string> { ["Orders__PaymentDeadline"] = "00:00:02" });
        await _system.PutStockAsync("plenty", 100);
        await CheckAsync("overdue", await PlaceAsync("overdue", OrderClient.Body("plenty")));
    }

    [Fact]
    public async Task Workflow_EveryOtherPath_DoesWhatWasRecorded()
    {
        await using var system = _system = await LocalSystem.StartAsync();
        await _system.PutStockAsync("plenty", 100);
        await _system.PutStockAsync("none", 0);
        await CheckAsync("refused", await PlaceAsync("refused", OrderClient.Body("none")));
        await CheckAsync("partly-refused", await PlaceAsync("partly-refused", """{"userId":"u","lines":[{"productId":"plenty","quantity":1,"amount":1},{"productId":"none","quantity":1,"amount":1}]}"""));
        foreach (var commands in new[] { "cancel", "pay refund", "pay ship refund", "pay ship deliver refund" })
        {
            var id = await PlaceAsync(commands.Replace(' ', '-'), OrderClient.Body("plenty"));
            foreach (var command in commands.Split(' ')) Assert.Equal(HttpStatusCode.OK, await _system.Orders.CommandAsync(id, command));
            await CheckAsync(commands.Replace(' ', '-'), id);
        }

        await CheckAsync("cancelled-while-pending", await CancelWhilePendingAsync());
    }

    private async Task<string> PlaceAsync(string key, string body)
    {
        var id = await _system.Orders.PlaceAsync(body, key);
        await _system.Orders.DecidedAsync(id, Within);
        return id;
    }

    private async Task<string> CancelWhilePendingAsync()
    {
        await _system.KillAsync("inventory-app");
        var id = await _system.Orders.PlaceAsync(OrderClient.Body("plenty"), "cancelled-while-pending");
        var cancelling = _system.Orders.CommandAsync(id, "cancel");
        await _system.StartAsync("inventory-app");
        Assert.Equal(HttpStatusCode.OK, await cancelling);
        return id;
    }

    private async Task CheckAsync(string path, string orderId)
    {
        using var channel = GrpcChannel.ForAddress(_system.OrderSidecarGrpc);
        var hub = new TaskHubSidecarService.TaskHubSidecarServiceClient(channel);
        var history = await Eventually.GetAsync(
            async () => (await hub.GetInstanceHistoryAsync(new GetInstanceHistoryRequest { InstanceId = orderId }, new Metadata { { "dapr-api-token", LocalSystem.SidecarToken } })).Events.ToArray(),
            events => events.Any(recorded => recorded.ExecutionCompleted is not null),
            Within,
            $"the workflow of {path} ends");

        var file = Path.Combine(Repository.Root, "tests", "order-app.tests", "Histories", path + ".json");
        if (Snapshot.Updating) await File.WriteAllTextAsync(file, "[\n" + string.Join(",\n", history.Select(recorded => JsonFormatter.Default.Format(recorded))) + "\n]\n");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        Assert.Equal(document.RootElement.EnumerateArray().Select(item => Step(HistoryEvent.Parser.ParseJson(item.GetRawText()))).Where(step => step.Length > 0), history.Select(Step).Where(step => step.Length > 0));
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
