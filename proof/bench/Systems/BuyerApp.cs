using System.Collections.Concurrent;
using Dapr;
using Dapr.AspNetCore;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.ServiceDefaults.Rounds;

namespace OrderInventory.Bench.Systems;

/// <summary>Takes the part of order-app towards inventory-app: publishes commands, and receives the results as order-app does.</summary>
internal sealed class BuyerApp : IAsyncDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);
    private static readonly RoundLimits Limits = new(Lanes: 1, MaxItems: 256, MaxBytes: 1024 * 1024, MaxWaiting: 10_000);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<InventoryDeductionResult>> _waiting = new();
    private readonly WebApplication _web;
    private readonly IEventPublisher _publisher;
    private readonly RoundQueue<OutgoingEvent, bool> _commands;
    private readonly TimeProvider _time;
    private long _orders;

    private BuyerApp(WebApplication web)
    {
        _web = web;
        _publisher = web.Services.GetRequiredService<IEventPublisher>();
        _commands = new RoundQueue<OutgoingEvent, bool>(Limits, PublishAsync);
        _time = web.Services.GetRequiredService<TimeProvider>();
    }

    public static async Task<BuyerApp> StartAsync(IReadOnlyDictionary<string, string?> environment)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(environment);
        builder.AddServiceDefaults();
        var app = new BuyerApp(builder.Build());
        app._web.UseServiceDefaults();
        app._web.MapPost(SidecarOnly.PathPrefix + "/events/" + Topics.InventoryDeductionResult, app.ReceiveAsync)
            .WithTopic(new TopicOptions { PubsubName = Topics.PubSub, Name = Topics.InventoryDeductionResult })
            .WithMetadata(new BulkSubscribeAttribute(Topics.InventoryDeductionResult, BulkDelivery.MaxMessages, BulkDelivery.MaxAwaitMilliseconds));
        await app._web.StartAsync();
        return app;
    }

    /// <summary>Orders one unit and waits for the result; false when it was refused.</summary>
    /// <exception cref="TimeoutException">No result came.</exception>
    public async Task<bool> BuyAsync(string productId)
    {
        // As long as the ids of real orders.
        var orderId = $"00000000-0000-7000-8000-{Interlocked.Increment(ref _orders):x12}";
        var id = EventIds.Operation(orderId, 1, StockOperationKind.Deduct);
        var command = new InventoryDeductionMessage
        {
            Operation = StockOperationKind.Deduct,
            OrderId = orderId,
            Line = 1,
            ProductId = productId,
            Quantity = 1,
            IdempotencyKey = id,
            Timestamp = _time.GetUtcNow(),
        };
        var answer = _waiting[orderId] = new TaskCompletionSource<InventoryDeductionResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _commands.AddAsync(OutgoingEvent.Of(id, productId, command, ContractsJson.Default.InventoryDeductionMessage), productId);
        return (await answer.Task.WaitAsync(AnswerLimit, _time)).Success;
    }

    public async ValueTask DisposeAsync()
    {
        await _commands.DisposeAsync();
        await _web.DisposeAsync();
    }

    private async Task PublishAsync(IReadOnlyList<RoundItem<OutgoingEvent, bool>> commands)
    {
        var missing = await _publisher.PublishAsync(Topics.InventoryDeduction, [.. commands.Select(command => command.Item)], CancellationToken.None);
        foreach (var command in commands)
        {
            if (missing.Contains(command.Item.Id)) command.Fail(new DependencyUnavailableException("A command was not published."));
            else command.Done(true);
        }
    }

    private async Task<IResult> ReceiveAsync(HttpRequest request, BulkDelivery delivery) => await delivery.HandleAsync(
        request,
        Topics.InventoryDeductionResult,
        ContractsJson.Default.InventoryDeductionResult,
        _ => null,
        result => (result.OrderId, EventIds.Result(EventIds.Operation(result.OrderId, result.Line, result.Operation))),
        (messages, _) =>
        {
            // A repeated result finds nobody waiting.
            foreach (var message in messages)
                if (_waiting.TryRemove(message.Data.OrderId, out var waiting)) waiting.SetResult(message.Data);
            return Task.FromResult<IReadOnlySet<string>>(messages.Select(message => message.EntryId).ToHashSet());
        });
}
