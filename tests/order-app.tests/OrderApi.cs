using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrderApp.Agenda;
using OrderApp.Domain;
using OrderApp.Groups;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace OrderApp.Tests;

/// <summary>order-app in this process, on a fake sidecar whose workflow service only remembers what it was asked.</summary>
internal sealed class OrderApi(FakeTaskHub workflows, bool frozen, Dictionary<string, string>? settings) : WebApplicationFactory<Program>
{
    public const string AppToken = "the-app-token";

    public FakeStateStore State { get; } = new();

    public FakeEventPublisher Events { get; } = new();

    public FakeTaskHub Workflows => workflows;

    /// <summary>The clock of a frozen app: the time goes on when the test says so.</summary>
    public FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    public OrderStore Orders => Services.GetRequiredService<OrderStore>();

    public static async Task<OrderApi> StartAsync(bool frozen = false, Dictionary<string, string>? settings = null) => new(await FakeTaskHub.StartAsync(), frozen, settings);

    /// <summary>Brings the document of an order where these commands lead, as other replicas would.</summary>
    public async Task BringAsync(string orderId, params IEnumerable<OrderCommand> commands)
    {
        foreach (var command in commands)
        {
            var stored = (await Orders.ReadManyAsync([orderId], CancellationToken.None))[orderId];
            Assert.True(await Orders.SaveManyAsync([(After(stored.Order!, command), stored.ETag)], CancellationToken.None));
        }
    }

    /// <summary>Writes over the document of an order what nobody can read.</summary>
    public Task DamageAsync(string orderId) => State.SaveAsync(new StateSave("order:" + orderId, "damaged"u8.ToArray(), SaveCondition.None), CancellationToken.None);

    /// <summary>The order when <paramref name="command"/> is done.</summary>
    public Order After(Order order, OrderCommand command)
    {
        var next = OrderTransitions.Next(order.Status, command) ?? throw new InvalidOperationException($"{command} is not allowed in {order.Status}.");
        var now = Services.GetRequiredService<TimeProvider>().GetUtcNow();
        return order with
        {
            Status = next,
            Step = null,
            History = order.History.Add(new StatusChange(order.Version + 1, order.Status, next, null, now)),
            Deadline = next == OrderStatus.Delivered ? now.AddDays(30) : null,
            Version = order.Version + 1,
        };
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("APP_API_TOKEN", AppToken);
        // For UseKestrel: given a port, the factory sets the address while the app starts, and fails when that is sooner.
        builder.UseSetting("URLS", "http://127.0.0.1:0");
        builder.UseSetting("DAPR_GRPC_ENDPOINT", $"http://127.0.0.1:{workflows.Port}");
        // No workflow runs, so each group keeps its lane for a second.
        builder.UseSetting("Orders:GroupsInFlight", "64");
        foreach (var (name, value) in settings ?? []) builder.UseSetting(name, value);
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<IStateStore>(State).AddSingleton<IEventPublisher>(Events);
            // Looks at the agenda are the test's to start.
            services.Remove(services.Single(service => service.ImplementationType == typeof(AgendaService)));
            if (frozen) services.AddSingleton<TimeProvider>(Time);
            // The fake answers; on a busy machine it may take longer than the app waits for an engine.
            services.AddSingleton<IGroupEngine>(provider => ActivatorUtilities.CreateInstance<DaprGroupEngine>(provider, Time));
        });
    }

    public override async ValueTask DisposeAsync()
    {
        var ending = base.DisposeAsync().AsTask();
        // The queues end when their rounds have, and those wait for time to pass.
        await (frozen ? Time.UntilAsync(ending, TimeSpan.FromMilliseconds(500)) : ending);
        await workflows.DisposeAsync();
        Events.Verify();
    }
}
