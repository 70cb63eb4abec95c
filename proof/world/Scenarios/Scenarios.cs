using OrderApp;
using OrderInventory.Proof.Checks;
using OrderInventory.Proof.Simulation;

namespace OrderInventory.Proof.Scenarios;

/// <summary>One order over two products that are both in stock.</summary>
internal sealed class OneOrder : Scenario
{
    public override string Name => "order";

    public override string Description => "one order over two products in stock";

    public override int UsualFaults => 2;

    protected override IReadOnlyDictionary<string, long> Stock => new Dictionary<string, long> { ["book"] = 5, ["pen"] = 5 };

    protected override Task ActAsync(World world, Run run) => PlaceAsync(world, run, "ann", ("book", 2), ("pen", 1));

    protected override IEnumerable<string> Expect(Facts facts, Run run) => facts.ExpectStatuses(run, "CONFIRMED");
}

/// <summary>Two orders at once for the last unit of a product; one of them also holds a unit of another product.</summary>
internal sealed class LastUnit : Scenario
{
    public override string Name => "last-unit";

    public override string Description => "two orders at once for the last unit";

    public override int UsualFaults => 2;

    protected override IReadOnlyDictionary<string, long> Stock => new Dictionary<string, long> { ["book"] = 1, ["pen"] = 5 };

    protected override Task ActAsync(World world, Run run) => Task.WhenAll(PlaceAsync(world, run, "ann", ("book", 1)), PlaceAsync(world, run, "bob", ("pen", 1), ("book", 1)));

    protected override IEnumerable<string> Expect(Facts facts, Run run) => facts.ExpectStatuses(run, "CONFIRMED", "CANCELLED");
}

/// <summary>An order that is cancelled as soon as it is accepted.</summary>
internal sealed class OrderAndCancel : Scenario
{
    public override string Name => "order-and-cancel";

    public override string Description => "an order, cancelled as soon as it is accepted";

    public override int UsualFaults => 2;

    protected override IReadOnlyDictionary<string, long> Stock => new Dictionary<string, long> { ["book"] = 5, ["pen"] = 5 };

    protected override async Task ActAsync(World world, Run run)
    {
        var id = await PlaceAsync(world, run, "ann", ("book", 2), ("pen", 1));
        run.Commands["cancel"] = await CommandAsync(world, "ann", id, "cancel");
    }

    protected override IEnumerable<string> Expect(Facts facts, Run run) =>
        run.Commands.GetValueOrDefault("cancel") is 200 or 202 ? facts.ExpectStatuses(run, "CANCELLED") : [$"cancel was answered with {run.Commands.GetValueOrDefault("cancel")}"];
}

/// <summary>An order that is paid while somebody else cancels it, and shipped if it could be paid.</summary>
internal sealed class PaidAndShipped : Scenario
{
    public override string Name => "paid-and-shipped";

    public override string Description => "an order, paid and cancelled at once, and shipped if it could be paid";

    protected override IReadOnlyDictionary<string, long> Stock => new Dictionary<string, long> { ["book"] = 5 };

    protected override async Task ActAsync(World world, Run run)
    {
        var id = await PlaceAsync(world, run, "ann", ("book", 2));
        await DecidedAsync(world, "ann", id);
        var commands = await Task.WhenAll(CommandAsync(world, "ann", id, "pay"), CommandAsync(world, "bob", id, "cancel"));
        (run.Commands["pay"], run.Commands["cancel"]) = (commands[0], commands[1]);
        if (commands[0] == 200) run.Commands["ship"] = await CommandAsync(world, "ann", id, "ship");
    }

    protected override IEnumerable<string> Expect(Facts facts, Run run) => (run.Commands.GetValueOrDefault("pay"), run.Commands.GetValueOrDefault("cancel"), run.Commands.GetValueOrDefault("ship")) switch
    {
        (200, 409, 200 or 202) => facts.ExpectStatuses(run, "SHIPPED"),
        (409, 200, 0) => facts.ExpectStatuses(run, "CANCELLED"),
        // 202: not known yet when it was answered.
        (202, _, 0) or (_, 202, _) => [],
        var (pay, cancel, ship) => [$"outcome: pay was answered with {pay}, cancel with {cancel}, ship with {ship}"],
    };
}

/// <summary>An order that nobody pays.</summary>
internal sealed class PaymentDeadline : Scenario
{
    public override string Name => "payment-deadline";

    public override string Description => "an order that nobody pays until its deadline";

    protected override IReadOnlyDictionary<string, long> Stock => new Dictionary<string, long> { ["book"] = 5 };

    protected override OrderOptions Options { get; } = new() { PaymentDeadline = TimeSpan.FromMinutes(4) };

    protected override Task ActAsync(World world, Run run) => PlaceAsync(world, run, "ann", ("book", 2));

    protected override IEnumerable<string> Expect(Facts facts, Run run) => facts.ExpectStatuses(run, "CANCELLED");
}

/// <summary>An order for which the money comes when it is cancelled already.</summary>
internal sealed class LatePayment : Scenario
{
    public override string Name => "late-payment";

    public override string Description => "an order that is cancelled, and a payment that comes then";

    protected override IReadOnlyDictionary<string, long> Stock => new Dictionary<string, long> { ["book"] = 5 };

    protected override async Task ActAsync(World world, Run run)
    {
        var id = await PlaceAsync(world, run, "ann", ("book", 2));
        await CommandUntilDoneAsync(world, "ann", id, "cancel");
        run.Commands["pay"] = await CommandAsync(world, "the bank", id, "pay", new { paymentId = "payment-1", amount = 10.5m });
    }

    protected override IEnumerable<string> Expect(Facts facts, Run run) =>
    [
        .. facts.ExpectStatuses(run, "CANCELLED"),
        .. run.Commands.GetValueOrDefault("pay") == 200 && facts.Orders.All(order => order.Order?.Payments is [{ PaymentId: "payment-1", Late: true }]) ? [] : new[] { "outcome: the late payment is not recorded once" },
    ];
}

/// <summary>An order whose goods come back.</summary>
internal sealed class Returned : Scenario
{
    public override string Name => "returned";

    public override string Description => "an order that is paid and shipped, and refunded when its goods came back";

    protected override IReadOnlyDictionary<string, long> Stock => new Dictionary<string, long> { ["book"] = 5 };

    protected override async Task ActAsync(World world, Run run)
    {
        var id = await PlaceAsync(world, run, "ann", ("book", 2));
        await DecidedAsync(world, "ann", id);
        foreach (var command in new[] { "pay", "ship" }) await CommandUntilDoneAsync(world, "ann", id, command);
        await CommandUntilDoneAsync(world, "ann", id, "refund", new { restock = true });
    }

    protected override IEnumerable<string> Expect(Facts facts, Run run) =>
    [
        .. facts.ExpectStatuses(run, "REFUNDED"),
        .. facts.Products.Single() is { Total: 5, Available: 5 } ? [] : new[] { "outcome: what came back is not in stock once" },
    ];
}

/// <summary>An order that is cancelled, while every delivery to inventory also reaches a replica that has lost its partitions.</summary>
internal sealed class Zombie : Scenario
{
    public override string Name => "zombie";

    public override string Description => "a cancelled order, and a second replica of inventory-app that gets everything too";

    protected override IReadOnlyDictionary<string, long> Stock => new Dictionary<string, long> { ["book"] = 5 };

    protected override async Task ActAsync(World world, Run run)
    {
        world.Broker.AppWithZombie = "inventory-app";
        var id = await PlaceAsync(world, run, "ann", ("book", 2));
        run.Commands["cancel"] = await CommandAsync(world, "ann", id, "cancel");
    }

    protected override IEnumerable<string> Expect(Facts facts, Run run) => facts.ExpectStatuses(run, "CANCELLED");
}

/// <summary>Orders whose commands are published once more when they are long decided.</summary>
internal sealed class AskedAgain : Scenario
{
    public override string Name => "asked-again";

    public override string Description => "two orders of one product, and the commands of the first again after both";

    protected override IReadOnlyDictionary<string, long> Stock => new Dictionary<string, long> { ["book"] = 5 };

    protected override async Task ActAsync(World world, Run run)
    {
        var first = await PlaceAsync(world, run, "ann", ("book", 2));
        await DecidedAsync(world, "ann", first);
        await DecidedAsync(world, "bob", await PlaceAsync(world, run, "bob", ("book", 1)));
        world.Broker.AskAgain(first);
    }

    protected override IEnumerable<string> Expect(Facts facts, Run run) => facts.ExpectStatuses(run, "CONFIRMED", "CONFIRMED");
}

/// <summary>An order of two lines that somebody else cancels, at any step of its workflow or never.</summary>
internal sealed class TakenOver : Scenario
{
    public override string Name => "taken-over";

    public override string Description => "an order of two lines, and a cancel of it before any step of its workflow";

    public override int UsualFaults => 2;

    protected override IReadOnlyDictionary<string, long> Stock => new Dictionary<string, long> { ["book"] = 5, ["pen"] = 5 };

    protected override async Task ActAsync(World world, Run run)
    {
        var id = OrderApp.Domain.OrderIds.Of("ann", "key-of-ann").ToString();
        world.Interloper = async () => run.Commands["cancel"] = await CommandAsync(world, "bob", id, "cancel");
        await PlaceAsync(world, run, "ann", ("book", 2), ("pen", 1));
    }

    protected override IEnumerable<string> Expect(Facts facts, Run run) => run.Commands.GetValueOrDefault("cancel") switch
    {
        0 or 404 => facts.ExpectStatuses(run, "CONFIRMED"),
        200 or 202 => facts.ExpectStatuses(run, "CANCELLED"),
        var cancel => [$"outcome: cancel was answered with {cancel}"],
    };
}

/// <summary>Three orders, of which the last two share a group, one of them with two lines and one refused.</summary>
internal sealed class Together : Scenario
{
    public override string Name => "together";

    public override string Description => "three orders at once, the last two in one group, one of them refused";

    // What comes meanwhile gathers in the next group.
    protected override OrderOptions Options { get; } = new() { GroupsInFlight = 1 };

    protected override IReadOnlyDictionary<string, long> Stock => new Dictionary<string, long> { ["book"] = 5, ["pen"] = 1 };

    protected override Task ActAsync(World world, Run run) =>
        Task.WhenAll(PlaceAsync(world, run, "ann", ("book", 1)), PlaceAsync(world, run, "bob", ("book", 1), ("pen", 1)), PlaceAsync(world, run, "cid", ("pen", 1)));

    protected override IEnumerable<string> Expect(Facts facts, Run run) => facts.ExpectStatuses(run, "CONFIRMED", "CONFIRMED", "CANCELLED");
}

/// <summary>Each operation is told: units are counted, some arrive, and somebody orders.</summary>
internal sealed class ToldStock : Scenario
{
    public override string Name => "told-stock";

    public override string Description => "a product is counted and ordered while more arrives, and each operation on it is told";

    protected override IReadOnlyDictionary<string, long> Stock => new Dictionary<string, long>();

    protected override bool TellsStock => true;

    protected override async Task ActAsync(World world, Run run)
    {
        await new Client(world, "the warehouse").CallAsync(now => now.Inventory[0], "PUT", "/api/inventory/book", new { total = 2 });
        var delivery = new Client(world, "the warehouse").CallAsync(now => now.Inventory[1], "POST", "/api/inventory/book/restock", new { quantity = 5 });
        await PlaceAsync(world, run, "ann", ("book", 2));
        await delivery;
    }

    protected override IEnumerable<string> Expect(Facts facts, Run run) => facts.ExpectStatuses(run, "CONFIRMED");
}
