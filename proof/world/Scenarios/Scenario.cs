using OrderApp;
using OrderApp.Storage;
using OrderInventory.Judging;
using OrderInventory.Proof.Checks;
using OrderInventory.Proof.Simulation;
using OrderInventory.ServiceDefaults.State;

namespace OrderInventory.Proof.Scenarios;

/// <summary>What clients do in a run, and what must have come of it whatever went wrong.</summary>
internal abstract class Scenario
{
    /// <summary>With one fault an order is decided before its group is late.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(175);

    private IReadOnlyList<(string Key, ReadOnlyMemory<byte> Value)>? _stock;

    public static IReadOnlyList<Scenario> All { get; } = [new OneOrder(), new LastUnit(), new OrderAndCancel(), new PaidAndShipped(), new PaymentDeadline(), new Zombie(), new AskedAgain(), new TakenOver(), new Together(), new LatePayment(), new Returned(), new ToldStock()];

    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What the clients do.</summary>
    public abstract string Description { get; }

    /// <summary>Most faults in one schedule when time is short: those with two faults of the others take minutes each and show little more.</summary>
    public virtual int UsualFaults => 1;

    /// <summary>Units of each product at the start.</summary>
    protected abstract IReadOnlyDictionary<string, long> Stock { get; }

    /// <summary>How much time may pass; everything must have come to rest by then.</summary>
    protected virtual TimeSpan Horizon => TimeSpan.FromMinutes(20);

    /// <summary>The settings of order-app.</summary>
    protected virtual OrderOptions Options { get; } = new();

    /// <summary>True when inventory-app tells of each operation.</summary>
    protected virtual bool TellsStock => false;

    /// <summary>What the clients do.</summary>
    protected abstract Task ActAsync(World world, Run run);

    /// <summary>What must hold beside the invariants.</summary>
    protected abstract IEnumerable<string> Expect(Facts facts, Run run);

    /// <summary>Runs it with the faults of <paramref name="schedule"/>.</summary>
    /// <param name="isFollowed">True: the story also says where the run stood at each step.</param>
    public async Task<Result> RunAsync(Schedule schedule, bool isFollowed = false)
    {
        _stock ??= await CreateStockAsync();
        using var world = new World(schedule, Options, TellsStock);
        await world.State.FillAsync("inventory-app", _stock);
        await world.State.FillAsync("order-app", [("agenda", Documents.Bytes(AgendaProgress.Beginning(World.Beginning) with { EarlierThrough = World.Beginning.ToUnixTimeSeconds() }, OrderJson.Default.AgendaProgress))]);
        var versions = new StockVersions();
        world.State.Stored = versions.Check;
        var run = new Run();
        if (isFollowed) world.Clients = () => run.Known;
        world.Go(ActAsync(world, run));
        await world.RunAsync(Horizon);
        var facts = await Facts.ReadAsync(world);
        IReadOnlyList<string> violations = [.. world.Broken, .. versions.Violations, .. Invariants.Check(facts, run, world.Time.Now, TellsStock), .. Late(schedule, facts),
            // Who is gone does nothing more and was told nothing; that the order is decided all the same, the judge sees.
            .. run.Clients.Any(client => client.Client.IsGone) ? [] : Expect(facts, run)];
        IReadOnlyList<Happened> story = [.. world.Story];
        // The simulation must be whole for it; and only where something is wrong, or nothing may be, is it worth the time.
        var seen = world.Broken.Count == 0 && (violations.Count > 0 || schedule.Faults.IsEmpty) ? await HttpAudit.RunAsync(world) : [];
        return new Result(schedule, story, schedule.Faults.IsEmpty ? [.. violations, .. seen] : violations, seen, facts.Names);
    }

    /// <summary>Orders that were decided only because the agenda had inventory asked again, which one fault is no reason for.</summary>
    private static IEnumerable<string> Late(Schedule schedule, Facts facts) => schedule.Faults.Count > 1 ? [] : facts.Decided
        .Where(order => order.Took > Bound).Select(order => $"I5: {order.OrderId} was decided after {order.Took.TotalSeconds:0} s");

    private async Task<IReadOnlyList<(string Key, ReadOnlyMemory<byte> Value)>> CreateStockAsync()
    {
        using var world = new World(Schedule.Clean);
        foreach (var (product, total) in Stock) world.Go(new Client(world, "the warehouse").CallAsync(now => now.Inventory[0], "PUT", "/api/inventory/" + product, new { total }));
        await world.RunAsync(TimeSpan.FromMinutes(1));
        return await world.State.ValuesAsync("inventory-app", "");
    }

    /// <summary>Places an order and returns its id.</summary>
    protected static async Task<string> PlaceAsync(World world, Run run, string user, params (string Product, int Quantity)[] lines)
    {
        var client = new Client(world, user);
        var key = "key-of-" + user;
        run.Clients.Add((user, key, client));
        var answer = await client.CallAsync(now => now.Orders, "POST", "/api/orders", new { userId = user, lines = lines.Select(line => new { productId = line.Product, quantity = line.Quantity, amount = 10.5m }) }, key);
        if (answer.Status != 201) throw new InvalidOperationException($"{user} got {answer.Status} for an order: {answer.Body}");
        var id = answer.Body!["data"]!["id"]!.GetValue<string>();
        run.Accepted.Add((user, key, id));
        return id;
    }

    /// <summary>Looks at an order until it is decided.</summary>
    protected static async Task DecidedAsync(World world, string user, string id)
    {
        while (true)
        {
            var answer = await new Client(world, user).CallAsync(now => now.Orders, "GET", "/api/orders/" + id);
            if (answer.Status != 200) throw new InvalidOperationException($"{user} was told of an order and then got {answer.Status} for it");
            if (answer.Body!["data"]!["status"]!.GetValue<string>() != "PENDING") return;
            await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
        }
    }

    /// <summary>Gives a command and returns the status code of its answer.</summary>
    protected static async Task<int> CommandAsync(World world, string user, string id, string command, object? body = null) =>
        (await new Client(world, user).CallAsync(now => now.Orders, "POST", $"/api/orders/{id}/{command}", body)).Status;

    /// <summary>Gives a command again and again until it is carried out.</summary>
    protected static async Task CommandUntilDoneAsync(World world, string user, string id, string command, object? body = null)
    {
        while (await CommandAsync(world, user, id, command, body) is 202) await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
    }
}

/// <summary>What the clients of a run saw.</summary>
internal sealed class Run
{
    /// <summary>Everybody who placed an order.</summary>
    public List<(string User, string Key, Client Client)> Clients { get; } = [];

    /// <summary>Orders that were accepted.</summary>
    public List<(string User, string Key, string OrderId)> Accepted { get; } = [];

    /// <summary>Every answer with an order that any of them got.</summary>
    public IEnumerable<ToldOrder> Told => Clients.SelectMany(client => client.Client.Answers.Where(answer => answer.Status is 200 or 201)
        .Select(answer => new ToldOrder(client.User, client.Key, answer.Body!["data"]!["id"]!.GetValue<string>(), !answer.IsReplay)));

    /// <summary>Status codes of commands.</summary>
    public Dictionary<string, int> Commands { get; } = [];

    /// <summary>All that the clients know, in words.</summary>
    public IEnumerable<string> Known =>
    [
        .. Clients.Select(client => $"{client.User} {client.Client.IsGone}"),
        .. Told.GroupBy(told => (told.UserId, told.Key, told.OrderId)).Select(told => $"{told.Key}, {told.Count(answer => answer.IsNew)} times new"),
        .. Accepted.Select(accepted => $"{accepted}"),
        .. Commands.Select(command => $"{command}"),
    ];
}

/// <summary>How a run ended.</summary>
/// <param name="Violations">What must not be; empty when all is well.</param>
/// <param name="SeenOverHttp">What the auditor finds over the HTTP APIs alone; empty when it had no reason to look.</param>
/// <param name="Names">Words for the ids in the story.</param>
internal sealed record Result(Schedule Schedule, IReadOnlyList<Happened> Story, IReadOnlyList<string> Violations, IReadOnlyList<string> SeenOverHttp, IReadOnlyDictionary<string, string> Names);
