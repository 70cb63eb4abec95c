using System.Net;
using System.Text.RegularExpressions;
using OrderInventory.Tests.Repairing;

namespace OrderInventory.Tests.Web;

/// <summary>What the console shows of one order.</summary>
public sealed class OrderPageTests
{
    private const string Id = "57061e50-a4b3-8ffd-b03a-a783a1621207";

    [Fact]
    public async Task Order_Confirmed_ShowsWhatHappenedInOrderAndThatAllHolds()
    {
        await using var console = await ConsoleRun.StartAsync(Confirmed());

        var page = await console.PageAsync("/orders/" + Id);

        Assert.Equal(["Placed: PENDING", "DEDUCT of line 1: HELD, 2 of p", "CONFIRMED"], Matches(page, "<h3 class=\"text\">(.*?)</h3>"));
        Assert.Equal(Enumerable.Repeat("holds", 8), Verdicts(page));
        Assert.Contains("10 → 8", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("g1#1", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Why it is not at rest", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Order_WithRepeats_ShowsThemWhereTheyBelong()
    {
        var (orders, inventory) = (Confirmed(), Confirmed());
        orders.Repeats = [Repeat("POST /api/orders", "k<1>", "AGAIN", 2), Repeat("POST /api/orders/{id}/pay", null, "FAILED"), Repeat("POST /api/orders/{id}/ship", null, "FAILED", isDone: true), Repeat("POST /api/orders", "k2", "DIFFERING")];
        inventory.Repeats = [Repeat("inventory-deduction", Id + ":1:deduct", "FAILED", 1234)];
        await using var console = await ConsoleRun.StartAsync(orders, inventory);

        var page = WebUtility.HtmlDecode(await console.PageAsync("/orders/" + Id));

        Assert.Equal(["Request for what had been done", "Request failed", "Request failed", "Other request under the same key", $"Message {Id}:1:deduct failed"], Matches(page, "<li class=\"repeat[^>]*>\\s*<h3 class=\"text\">(.*?)</h3>"));
        Assert.Equal(["", "bad", "", "", "bad"], Matches(page, "<li class=\"repeat (.*?)\">"));
        Assert.Contains("<dt>key</dt><dd class=\"text\"><bdi>k<1></bdi>", page, StringComparison.Ordinal);
        Assert.Contains("<bdi>1,234, the first at 2026-01-02 03:04:05.000</bdi>", page, StringComparison.Ordinal);
        Assert.Contains("<bdi>it was answered 503, and done at 2026-01-02 03:06:05.000</bdi>", page, StringComparison.Ordinal);
        Assert.Matches("known from the memory of order-app since .* and inventory-app since .*14 earlier ones are not shown", page);
    }

    [Fact]
    public async Task Order_OneAppIsDown_ShowsWhatTheOtherKnowsOfRepeatsAndDeadLetters()
    {
        var (orders, inventory) = (Confirmed(), Confirmed());
        orders.Repeats = [Repeat("POST /api/orders", "k", "AGAIN")];
        orders.Letters.Add(new { id = "l1", topic = "inventory-deduction-result", eventId = Id + ":1:deduct:result", type = (string?)null, key = "g1", reason = "no room", size = 1, status = "OPEN", recordedTime = FakeSystem.Start, replays = 0, lastReplayed = (string?)null, canReplay = true });
        inventory.IsDown = true;
        await using var console = await ConsoleRun.StartAsync(orders, inventory);

        var page = WebUtility.HtmlDecode(await console.PageAsync("/orders/" + Id));

        Assert.Contains("Request for what had been done", page, StringComparison.Ordinal);
        Assert.Contains($"Dead letter: {Id}:1:deduct:result is OPEN", page, StringComparison.Ordinal);
        Assert.Contains("Not shown: what came more than once, of inventory-app.", page, StringComparison.Ordinal);
        Assert.Contains("Not shown: dead letters, of inventory-app.", page, StringComparison.Ordinal);
        Assert.Equal("unknown", Verdicts(page)[7]);
    }

    [Fact]
    public async Task Order_Pending_SaysWhatItWaitsFor()
    {
        var system = Confirmed();
        system.Orders[Id] = system.Orders[Id] with { Statuses = ["PENDING"], Step = Step(null) };
        system.Operations["p"].RemoveAt(1);
        system.Products["p"] = (10, 10, 0);
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await console.PageAsync("/orders/" + Id);

        Assert.Contains($"inventory has not recorded {Id}:1:deduct yet", page, StringComparison.Ordinal);
        Assert.Contains("no answer yet", page, StringComparison.Ordinal);
        Assert.Equal(("violated", "waits", "waits"), (Verdicts(page)[4], Verdicts(page)[5], Verdicts(page)[7]));
    }

    [Fact]
    public async Task Order_WhoseResultIsOnItsWay_SaysSo()
    {
        var system = Confirmed();
        system.Orders[Id] = system.Orders[Id] with { Statuses = ["PENDING"], Step = Step(null) };
        system.Letters.Add(new { id = "l1", topic = "inventory-deduction-result", eventId = Id + ":1:deduct:result", type = (string?)null, key = "g1", reason = "no room", size = 1, status = "OPEN", recordedTime = FakeSystem.Start, replays = 0, lastReplayed = (string?)null, canReplay = true });
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await console.PageAsync("/orders/" + Id);

        Assert.Contains("its result is on its way back", page, StringComparison.Ordinal);
        Assert.Contains($"{Id}:1:deduct:result is a dead letter: no room", page, StringComparison.Ordinal);
        Assert.Equal("violated", Verdicts(page)[7]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Order_ThatViolatesAnInvariant_ShowsWhich(int invariant)
    {
        var system = Confirmed();
        switch (invariant)
        {
            case 0: system.Products["p"] = (10, 9, 2); break;
            case 1: system.Products["p"] = (20, 18, 2); break;
            case 2: system.Instead["/api/orders"] = (HttpStatusCode.OK, """{"success":true,"data":[],"nextCursor":null}"""); break;
            case 3: system.Record("p", Id, 1, "HELD", 2); break;
            case 5: system.Record("p", Id, 1, "RELEASED", 2); break;
            default: system.Orders[Id] = system.Orders[Id] with { Statuses = ["PENDING", "PAID"] }; break;
        }

        await using var console = await ConsoleRun.StartAsync(system);

        Assert.Equal("violated", Verdicts(await console.PageAsync("/orders/" + Id))[invariant]);
    }

    [Fact]
    public async Task Order_InventoryIsDown_IsShownAndComesBackByItself()
    {
        var (orders, inventory) = (Confirmed(), Confirmed());
        await using var console = await ConsoleRun.StartAsync(orders, inventory);
        inventory.IsDown = true;

        var page = await console.PageAsync("/orders/" + Id);
        Assert.Contains("<strong>inventory-app</strong> has not answered since", page, StringComparison.Ordinal);
        Assert.Equal(("CONFIRMED", "unknown", "holds"), (Matches(page, "class=\"status good\">(.*?)<")[0], Verdicts(page)[0], Verdicts(page)[2]));

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var events = await console.EventsAsync($"/live/orders/{Id}?version={Version(page)}", limit.Token);
        inventory.IsDown = false;
        Assert.Equal("event: changed", await events.ReadLineAsync(limit.Token));
        Assert.Equal(Enumerable.Repeat("holds", 8), Verdicts(await console.PageAsync("/orders/" + Id)));
    }

    [Fact]
    public async Task Order_OfACallerWhoIsNoOperator_ShowsWhatItMaySee()
    {
        var system = Confirmed();
        system.Instead[$"/api/orders/{Id}/saga"] = (HttpStatusCode.Forbidden, """{"code":"OPERATORS_ONLY","message":"Operators only."}""");
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await console.PageAsync("/orders/" + Id);

        Assert.Contains("Not shown: how it was driven. order-app: Operators only.", page, StringComparison.Ordinal);
        Assert.Equal(["holds", "holds", "holds", "holds", "holds", "holds", "holds", "unknown"], Verdicts(page));
    }

    [Fact]
    public async Task Order_WithMarkupInIt_IsText()
    {
        var system = Confirmed();
        const string evil = "<script>alert(1)</script>";
        system.Create(evil, 5);
        system.Record(evil, Id, 2, "HELD", 1);
        system.Orders[Id] = new FakeOrder(Id, "\"><img src=x onerror=alert(1)>", "k1", [("p", 2), (evil, 1)], "PENDING", "CONFIRMED") { Remark = string.Concat(Enumerable.Repeat("😀", 500)) + "\u202Eאבג" };
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await console.PageAsync("/orders/" + Id);

        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.Contains("/products/%3Cscript%3Ealert%281%29%3C%2Fscript%3E", page, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Repeat("holds", 8), Verdicts(page));
    }

    [Fact]
    public async Task Order_WithAProductThatTurnsTextRound_TurnsNoSentenceRound()
    {
        var system = Confirmed();
        const string evil = "\u202Eturned";
        system.Create(evil, 5);
        system.Record(evil, Id, 2, "HELD", 1);
        system.Orders[Id] = system.Orders[Id] with { Lines = [("p", 2), (evil, 1)] };
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await console.PageAsync("/orders/" + Id);

        Assert.Contains("<li class=\"text\">\uFFFDturned: total 5 = available 4 + reserved 1</li>", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        // As it is, in its own element only, where it cannot reach anything else.
        Assert.Contains("<bdi>&#x202E;turned</bdi>", page, StringComparison.Ordinal);
        Assert.All(Regex.Matches(page, "[^>]*&#x202E;turned[^<]*<[^>]*>").Select(match => match.Value), text => Assert.Equal("&#x202E;turned</bdi>", text));
    }

    [Fact]
    public async Task Order_WithATrace_LinksIt()
    {
        await using var console = await ConsoleRun.StartAsync(Confirmed(), traceLink: "http://127.0.0.1:18888/traces/detail/{traceId}");

        Assert.Contains("href=\"http://127.0.0.1:18888/traces/detail/0af7651916cd43dd8448eb211c80319c\"", await console.PageAsync("/orders/" + Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Order_WithASidecar_ShowsItsWorkflowAsTheEngineHasIt()
    {
        var system = Confirmed();
        using var sidecar = new FakeSidecar(system);
        await using var console = await ConsoleRun.StartAsync(system, sidecar: sidecar);
        Assert.DoesNotContain("Workflow in the engine", await console.PageAsync("/orders/" + Id), StringComparison.Ordinal);
        // As the documentation of Dapr shows it.
        sidecar.Workflows["/v1.0/workflows/dapr/g1"] = """{"instanceID":"g1","workflowName":"w","createdAt":"2026-01-02T03:04:05.143069826Z","lastUpdatedAt":"2026-01-02T03:04:07.460025267Z","runtimeStatus":"RUNNING","properties":{"dapr.workflow.custom_status":""}}""";

        var page = Regex.Replace(await console.PageWithAsync("/orders/" + Id, "Workflow in the engine"), "<[^>]+>", "");

        Assert.Contains("RUNNING, begun 2026-01-02 03:04:05, last went on 2026-01-02 03:04:07", page, StringComparison.Ordinal);
        sidecar.IsDown = true;
        page = await console.PageWithAsync("/orders/" + Id, "Not shown: its workflow in the engine.");
        Assert.Equal(Enumerable.Repeat("holds", 8), Verdicts(page));
    }

    [Fact]
    public async Task Order_ThatMovesOnWhileItIsRead_IsReadAgain()
    {
        var system = Confirmed();
        var before = system.Orders[Id] with { Statuses = ["PENDING"] };
        (var after, system.Orders[Id]) = (system.Orders[Id], before);
        system.OnRequest = path => { if (path.EndsWith("/history", StringComparison.Ordinal)) system.Orders[Id] = after; };
        await using var console = await ConsoleRun.StartAsync(system);

        Assert.Equal(Enumerable.Repeat("holds", 8), Verdicts(await console.PageAsync("/orders/" + Id)));
    }

    internal static string Version(string page) => Matches(page, "version=([0-9a-f]{16})")[0];

    private static FakeSystem Confirmed()
    {
        var system = new FakeSystem();
        system.Create("p", 10);
        system.Record("p", Id, 1, "HELD", 2);
        system.Orders[Id] = new FakeOrder(Id, "ann", "k1", [("p", 2)], "PENDING", "CONFIRMED");
        return system;
    }

    private static object Step(string? code) => new { command = "CONFIRM", reason = (string?)null, since = FakeSystem.Start, by = "g1#0", lines = new[] { new { line = 1, operation = Id + ":1:deduct", success = (bool?)null, code } } };

    private static string[] Verdicts(string page) => Matches(page, "<li class=\"(holds|violated|waits|unknown)\">");

    private static string[] Matches(string page, string pattern) => [.. Regex.Matches(page, pattern).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value))];

    private static object Repeat(string what, string? id, string kind, int times = 1, bool isDone = false) =>
        new { what, id, kind, times, first = FakeSystem.Start, last = FakeSystem.Start.AddMinutes(1), done = isDone ? FakeSystem.Start.AddMinutes(2) : (DateTimeOffset?)null };
}
