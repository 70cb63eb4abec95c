using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrderApp.Agenda;
using OrderApp.Domain;
using OrderApp.Groups;
using OrderApp.Orders;
using OrderApp.Results;
using OrderApp.Storage;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace OrderApp.Tests.Saga;

/// <summary>
/// order-app below its endpoints, on a store, a broker and a workflow engine in this process, and an inventory that answers
/// when the test says so. Time stands still until the test lets it go on.
/// </summary>
internal sealed class SagaRun : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly ServiceProvider _services;
    private int _answered;

    public SagaRun(Dictionary<string, string?>? settings = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings ?? []).Build();
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics().AddSingleton<IConfiguration>(configuration);
        services.AddSidecar().AddOrders(configuration);
        services.AddSingleton<TimeProvider>(Time).AddSingleton<IStateStore>(State).AddSingleton<IEventPublisher>(Events);
        services.AddSingleton(provider =>
        {
            // One for all calls: a call may still be under way when the test ends, and nothing new is made then.
            var activity = new Lazy<AdvanceActivity>(() => ActivatorUtilities.CreateInstance<AdvanceActivity>(provider));
            return new FakeGroupEngine(_ => activity.Value, Time);
        });
        services.AddSingleton<IGroupEngine>(provider => provider.GetRequiredService<FakeGroupEngine>());
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public FakeStateStore State { get; } = new();

    public FakeEventPublisher Events { get; } = new();

    public FakeGroupEngine Engine => Of<FakeGroupEngine>();

    public OrderStore Orders => Of<OrderStore>();

    /// <summary>The order that the test is about: the last one that was placed.</summary>
    public string OrderId { get; private set; } = "";

    /// <summary>What each line is to inventory, by order and line: HELD, RELEASED, SHIPPED, FENCED, a refusal, or absent.</summary>
    public Dictionary<(string OrderId, int Line), string> Stock { get; } = [];

    /// <summary>Lines whose DEDUCT inventory refuses.</summary>
    public HashSet<int> SoldOut { get; } = [];

    /// <summary>With one order placed.</summary>
    public static async Task<SagaRun> StartAsync(int lines = 1, Dictionary<string, string?>? settings = null)
    {
        var saga = new SagaRun(settings);
        await saga.PlaceAsync(lines);
        return saga;
    }

    public T Of<T>() where T : notnull => _services.GetRequiredService<T>();

    public Task<OrderOutcome> PlaceAsync(int lines = 1, string user = "u", string key = "k") => AdvancingAsync(PlaceAtOnceAsync(lines, user, key));

    /// <summary>As <see cref="PlaceAsync"/>, while time stands still.</summary>
    public Task<OrderOutcome> PlaceAtOnceAsync(int lines = 1, string user = "u", string key = "k")
    {
        var placed = new PlacedOrder(user, [.. Enumerable.Range(1, lines).Select(line => new OrderLine(line, "p" + line, 1, 1m))], null);
        OrderId = OrderIds.Of(user, key).ToString();
        return Of<OrderPlacement>().PlaceAsync(placed, key, CancellationToken.None);
    }

    public Task<OrderOutcome> CommandAsync(OrderCommand command, string? reason = null, string? orderId = null, string? key = null) => GiveAsync(new OrderRequest(command, reason), orderId, key);

    public Task<OrderOutcome> GiveAsync(OrderRequest request, string? orderId = null, string? key = null) =>
        AdvancingAsync(Of<OrderCommands>().GiveAsync(orderId ?? OrderId, request, null, key, TimeSpan.Zero, CancellationToken.None));

    public async Task<Order> OrderAsync(string? orderId = null) => await Orders.FindAsync(orderId ?? OrderId, CancellationToken.None) ?? throw new InvalidOperationException("There is no such order.");

    /// <summary>Time goes on, and the agenda is looked at.</summary>
    public async Task LookAsync(TimeSpan later)
    {
        Time.Advance(later);
        await Time.UntilAsync(Of<AgendaRound>().LookAsync(CancellationToken.None), Step);
    }

    /// <summary>Inventory answers the next operation that it was asked for, as its rules are. False: there is none.</summary>
    public Task<bool> AnswerNextAsync() => AdvancingAsync(AnswerNextAtOnceAsync());

    /// <summary>As <see cref="AnswerNextAsync"/>, while time stands still.</summary>
    public async Task<bool> AnswerNextAtOnceAsync()
    {
        if (Commands().ElementAtOrDefault(_answered) is not { } command) return false;
        _answered++;
        await HandleAsync(Result(command.Operation, command.Line, Decide(command), command.OrderId, command.CorrelationId));
        return true;
    }

    /// <summary>Everything that waits at inventory is answered, in one delivery each time.</summary>
    public async Task AnswerAllAsync()
    {
        while (Commands().Length > _answered)
        {
            var open = Commands()[_answered..];
            _answered += open.Length;
            await DeliverAsync([.. open.Select(command => Result(command.Operation, command.Line, Decide(command), command.OrderId, command.CorrelationId))]);
        }
    }

    /// <summary>One result, whether it is true or not.</summary>
    public Task<IReadOnlySet<string>> ResultAsync(StockOperationKind operation, int line, string code, string? orderId = null, string? group = "") =>
        DeliverAsync(Result(operation, line, code, orderId ?? OrderId, group?.Length == 0 ? Engine.Started[^1].Group : group));

    public Task<IReadOnlySet<string>> DeliverAsync(params InventoryDeductionResult[] results) => AdvancingAsync(HandleAsync(results));

    public InventoryDeductionMessage[] Commands() => [.. Published<InventoryDeductionMessage>(Topics.InventoryDeduction)];

    public OrderStatusChangeMessage[] StatusChanges() => [.. Published<OrderStatusChangeMessage>(Topics.OrderStatusChanges)];

    public OrderEvent[] Facts() => [.. Published<OrderEvent>(Topics.OrderEvents)];

    public string[] EventIds(string topic) => [.. Events.Published.Where(published => published.Topic == topic).Select(published => published.Event.Id)];

    /// <summary>Waits for what the test began, while time goes on for whoever waits for it to pass.</summary>
    public async Task<T> AdvancingAsync<T>(Task<T> work)
    {
        // A lane of the intake gives its group a second, and lost races have pauses.
        await Time.UntilAsync(work, Step);
        return await work;
    }

    // The queues end when their rounds have, and those wait for time to pass.
    public async ValueTask DisposeAsync()
    {
        await Time.UntilAsync(_services.DisposeAsync().AsTask(), Step);
        Events.Verify();
    }

    private Task<IReadOnlySet<string>> HandleAsync(params InventoryDeductionResult[] results) =>
        Of<ResultHandler>().HandleAsync([.. results.Select((result, i) => new Delivered<InventoryDeductionResult>(i.ToString(System.Globalization.CultureInfo.InvariantCulture), default, result))], CancellationToken.None);

    private static InventoryDeductionResult Result(StockOperationKind operation, int line, string code, string orderId, string? group) => new()
    {
        Operation = operation,
        OrderId = orderId,
        Line = line,
        ProductId = "p" + line,
        Quantity = 1,
        Success = code is "HELD" or "RELEASED" or "SHIPPED" or "RETURNED" or "FENCED" or "NOTHING_HELD",
        Code = code,
        AvailableStock = 5,
        CorrelationId = group,
        Timestamp = default,
    };

    private IEnumerable<T> Published<T>(string topic) => Events.Published.Where(published => published.Topic == topic).Select(published => JsonSerializer.Deserialize<T>(published.Event.Data.Span, Json)!);

    private string Decide(InventoryDeductionMessage command)
    {
        var line = (command.OrderId, command.Line);
        var state = Stock.GetValueOrDefault(line, "");
        var (next, answer) = (command.Operation, state) switch
        {
            (StockOperationKind.Deduct, "") => SoldOut.Contains(command.Line) ? ("OUT_OF_STOCK", "OUT_OF_STOCK") : ("HELD", "HELD"),
            (StockOperationKind.Deduct, "RELEASED" or "SHIPPED") => (state, "HELD"),
            (StockOperationKind.Deduct, _) => (state, state),
            (StockOperationKind.Restore, "") => ("FENCED", "FENCED"),
            (StockOperationKind.Restore, "HELD") => ("RELEASED", "RELEASED"),
            (StockOperationKind.Restore, "OUT_OF_STOCK") => (state, "NOTHING_HELD"),
            (StockOperationKind.Restore, "SHIPPED") => (state, "ALREADY_SHIPPED"),
            (StockOperationKind.Ship, "HELD") => ("SHIPPED", "SHIPPED"),
            (StockOperationKind.Ship, "SHIPPED") => (state, "SHIPPED"),
            (StockOperationKind.Ship, _) => (state, "NOT_HELD"),
            (StockOperationKind.Return, "SHIPPED" or "RETURNED") => ("RETURNED", "RETURNED"),
            (StockOperationKind.Return, _) => (state, "NOT_SHIPPED"),
            _ => (state, state),
        };
        if (next.Length > 0) Stock[line] = next;
        return answer;
    }
}
