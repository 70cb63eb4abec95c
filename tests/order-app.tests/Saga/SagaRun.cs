using System.Collections.Immutable;
using System.Text.Json;
using Dapr.Workflow.Abstractions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrderApp.Activities;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderApp.Workflows;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace OrderApp.Tests.Saga;

/// <summary>The saga of one order in this process: the real workflow, activities and documents, and an inventory that answers when the test says so.</summary>
internal sealed class SagaRun : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ServiceProvider _services;
    private int _answered;

    private SagaRun(ServiceProvider services, Order order, SagaContext context)
    {
        _services = services;
        OrderId = order.Id;
        Context = context;
    }

    public string OrderId { get; }

    public SagaContext Context { get; private set; }

    public Task<string> Workflow { get; private set; } = Task.FromResult("");

    public FakeStateStore State => _services.GetRequiredService<FakeStateStore>();

    public FakeEventPublisher Events => _services.GetRequiredService<FakeEventPublisher>();

    public OrderStore Orders => _services.GetRequiredService<OrderStore>();

    /// <summary>What each line of the order is to inventory: HELD, RELEASED, SHIPPED, FENCED, a refusal, or absent.</summary>
    public Dictionary<int, string> Stock { get; } = [];

    /// <summary>Lines whose DEDUCT inventory refuses.</summary>
    public HashSet<int> SoldOut { get; } = [];

    public static async Task<SagaRun> StartAsync(int lines = 1, Action<OrderOptions>? configure = null)
    {
        var clock = new FakeTimeProvider(Start);
        var services = new ServiceCollection()
            .AddLogging().AddMetrics()
            .AddSingleton<TimeProvider>(clock).AddSingleton(new Backoff(new Random(1), clock)).AddSingleton<FakeStateStore>().AddSingleton<FakeEventPublisher>()
            .AddSingleton<IStateStore>(provider => provider.GetRequiredService<FakeStateStore>())
            .AddSingleton<IEventPublisher>(provider => provider.GetRequiredService<FakeEventPublisher>())
            .AddSingleton<OrderStore>().AddSingleton<OrderWatch>().AddSingleton<OrderReader>().AddSingleton<OpenOrderStore>().AddSingleton<OrderMessages>().AddSingleton<Telemetry>()
            .AddSingleton<PlaceOrderActivity>().AddSingleton<AskInventoryActivity>().AddSingleton<TransitionOrderActivity>();
        services.AddHybridCache();
        services.AddOptions<OrderOptions>().Configure(configure ?? (_ => { }));
        var provider = services.BuildServiceProvider();
        ImmutableArray<OrderLine> items = [.. Enumerable.Range(1, lines).Select(line => new OrderLine(line, "p" + line, 1, 1m))];
        var order = await provider.GetRequiredService<OrderStore>().CreateAsync(Order.Place(Guid.CreateVersion7(Start), new PlacedOrder("u", items, null), "k", Start), CancellationToken.None);
        var saga = new SagaRun(provider, order, NewContext(provider, order.Id));
        await saga.BeginAsync();
        return saga;
    }

    /// <summary>The workflow is lost and starts from the beginning, as when its instance had to be scheduled again.</summary>
    public Task StartAgainAsync()
    {
        Context = NewContext(_services, OrderId);
        return BeginAsync();
    }

    public async Task<Order> OrderAsync() => await Orders.GetAsync(OrderId, CancellationToken.None);

    public Task CommandAsync(OrderCommand command, string? reason = null) => SettledAsync(Context.RaiseAsync(new OrderSignal(Command: new CommandRequest(command, reason))));

    public Task DeadlineAsync() => SettledAsync(Context.FireTimerAsync());

    /// <summary>Inventory answers the next command, as its rules are. False: there is none.</summary>
    public async Task<bool> AnswerNextAsync()
    {
        if (Commands().ElementAtOrDefault(_answered) is not { } command) return false;
        _answered++;
        await ResultAsync(command.Operation, command.Line, Decide(command.Operation, command.Line));
        return true;
    }

    /// <summary>Everything that waits at inventory is answered.</summary>
    public async Task AnswerAllAsync()
    {
        for (var more = true; more;) more = await AnswerNextAsync();
    }

    /// <summary>One result, whether it is true or not. It is raised only if the order waits for it, as the subscription does.</summary>
    public async Task ResultAsync(StockOperationKind operation, int line, string code)
    {
        if (!(await OrderAsync()).Awaits(operation)) return;
        await SettledAsync(Context.RaiseAsync(new OrderSignal([new LineResult(operation, line, code is "HELD" or "RELEASED" or "SHIPPED" or "FENCED" or "NOTHING_HELD", code)])));
    }

    public InventoryDeductionMessage[] Commands() => [.. Of<InventoryDeductionMessage>(Topics.InventoryDeduction)];

    public OrderStatusChangeMessage[] StatusChanges() => [.. Of<OrderStatusChangeMessage>(Topics.OrderStatusChanges)];

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    // A workflow that failed fails the test.
    private async Task SettledAsync(Task step)
    {
        await step;
        if (Workflow.IsFaulted) await Workflow;
    }

    private Task BeginAsync() => Context.GoAsync(() => Workflow = new OrderWorkflow().RunAsync(Context, new OrderWorkflowInput(OrderId)));

    private static SagaContext NewContext(ServiceProvider services, string orderId) => new(
        orderId,
        name => name switch
        {
            nameof(PlaceOrderActivity) => services.GetRequiredService<PlaceOrderActivity>(),
            nameof(AskInventoryActivity) => services.GetRequiredService<AskInventoryActivity>(),
            nameof(TransitionOrderActivity) => (IWorkflowActivity)services.GetRequiredService<TransitionOrderActivity>(),
            _ => throw new InvalidOperationException("No activity " + name),
        },
        services.GetRequiredService<TimeProvider>());

    private IEnumerable<T> Of<T>(string topic) => Events.Published.Where(published => published.Topic == topic).Select(published => JsonSerializer.Deserialize<T>(published.Event.Data.Span, Json)!);

    private string Decide(StockOperationKind operation, int line)
    {
        var state = Stock.GetValueOrDefault(line, "");
        var (next, answer) = (operation, state) switch
        {
            (StockOperationKind.Deduct, "") => SoldOut.Contains(line) ? ("OUT_OF_STOCK", "OUT_OF_STOCK") : ("HELD", "HELD"),
            (StockOperationKind.Deduct, "RELEASED" or "SHIPPED") => (state, "HELD"),
            (StockOperationKind.Deduct, _) => (state, state),
            (StockOperationKind.Restore, "") => ("FENCED", "FENCED"),
            (StockOperationKind.Restore, "HELD") => ("RELEASED", "RELEASED"),
            (StockOperationKind.Restore, "OUT_OF_STOCK") => (state, "NOTHING_HELD"),
            (StockOperationKind.Restore, "SHIPPED") => (state, "ALREADY_SHIPPED"),
            (StockOperationKind.Ship, "HELD") => ("SHIPPED", "SHIPPED"),
            (StockOperationKind.Ship, "SHIPPED") => (state, "SHIPPED"),
            (StockOperationKind.Ship, _) => (state, "NOT_HELD"),
            _ => (state, state),
        };
        if (next.Length > 0) Stock[line] = next;
        return answer;
    }
}
