using System.Net;
using System.Text.RegularExpressions;

namespace OrderInventory.Tests.Web;

/// <summary>What Now says of store, broker and engine, and of orders that wait while one of them fails.</summary>
public sealed class NowHealthTests
{
    private const string None = "none waits for longer";
    private const string NoneStuck = "none that order-app looked after more than twice";

    [Fact]
    public async Task Now_EverythingWorks_SaysSoAndThatNoneWaits()
    {
        await using var console = await ConsoleRun.StartAsync(Orders(), Inventory());

        var page = await PageAsync(console);

        Assert.Equal(("work", "for order-app and inventory-app"), Tile(page, "Store, broker, engine"));
        Assert.Equal(("< 1 min", None), Tile(page, "Oldest order on its way"));
        Assert.Equal(("0", NoneStuck), Tile(page, "Stuck orders"));
    }

    // With a full disk reads still work: by its last use alone the store would do so too.
    [Theory]
    [InlineData("FAILING", 3600)]
    [InlineData("WORKING", 2)]
    public async Task Now_StoreFails_IsSaidAndNotThatNoneWaits(string status, int secondsAgo)
    {
        var last = TimeProvider.System.GetUtcNow().AddSeconds(-secondsAgo);
        await using var console = await ConsoleRun.StartAsync(Orders(FakeSystem.Dependency("store", status, last, "disk full " + new string('x', 400))), Inventory());

        var page = await PageAsync(console);

        Assert.Equal("store fails", Tile(page, "Store, broker, engine").Value);
        Assert.StartsWith($"order-app’s store failed last at {last:u} and worked last at 2026-01-02 03:04:05Z: disk full xxx", Tile(page, "Store, broker, engine").Note, StringComparison.Ordinal);
        Assert.InRange(Tile(page, "Store, broker, engine").Note.Length, 200, 260);
        Assert.Matches("<li class=\"bad\">\\s*<h2>\\s*Store, broker, engine", page);
        Assert.Equal(("–", "not known while order-app’s store fails"), Tile(page, "Oldest order on its way"));
        Assert.Equal(("–", "not known while order-app’s store fails"), Tile(page, "Stuck orders"));
    }

    [Fact]
    public async Task Now_ErrorOfLongAgo_IsNoFailure()
    {
        await using var console = await ConsoleRun.StartAsync(Orders(FakeSystem.Dependency("store", "WORKING", FakeSystem.Start, "disk full")), Inventory());

        Assert.Equal("work", Tile(await PageAsync(console), "Store, broker, engine").Value);
    }

    [Fact]
    public async Task Now_MoreFails_NamesEachWithItsApp()
    {
        await using var console = await ConsoleRun.StartAsync(Orders(broker: FakeSystem.Dependency("broker", "FAILING", FakeSystem.Start, "away")), Inventory(FakeSystem.Dependency("store", "FAILING", FakeSystem.Start, "full")));

        var page = await PageAsync(console);

        Assert.Equal("broker, store fail", Tile(page, "Store, broker, engine").Value);
        Assert.Equal("not known while order-app’s broker, inventory-app’s store fail", Tile(page, "Oldest order on its way").Note);
    }

    [Fact]
    public async Task Now_StoreFailsAndOrdersAreListed_SaysThatThereMayBeOthers()
    {
        var orders = Orders(FakeSystem.Dependency("store", "FAILING", FakeSystem.Start, "disk full"));
        foreach (var list in new[] { "stuck", "waiting" })
            orders.Instead["/api/orders/" + list] = (HttpStatusCode.OK, """{"data":[{"orderId":"57061e50-a4b3-8ffd-b03a-a783a1621207","since":"2026-01-02T03:04:05Z","attempts":4,"lastAttempt":null,"waitsFor":"CONFIRM"}]}""");
        await using var console = await ConsoleRun.StartAsync(orders, Inventory());

        var page = await PageAsync(console);

        Assert.Equal("1 of more than half a minute; of others it is not known while order-app’s store fails", Tile(page, "Oldest order on its way").Note);
        Assert.Equal(("1", "the oldest since 2026-01-02 03:04:05Z; of others it is not known while order-app’s store fails"), Tile(page, "Stuck orders"));
    }

    [Fact]
    public async Task Now_NotUsedSinceTheStart_IsSaid()
    {
        await using var console = await ConsoleRun.StartAsync(Orders(FakeSystem.Dependency("store", "UNKNOWN")), Inventory());

        var page = await PageAsync(console);

        Assert.Equal(("work", "not used since the start: order-app’s store"), Tile(page, "Store, broker, engine"));
        Assert.Equal(("–", "not known: order-app has not used its store since its start"), Tile(page, "Oldest order on its way"));
    }

    [Fact]
    public async Task Now_AppThatDoesNotAnswer_IsNotKnown()
    {
        await using var console = await ConsoleRun.StartAsync(Orders(), new FakeSystem { IsDown = true });

        var page = await PageAsync(console);

        Assert.Equal(("–", "inventory-app does not answer: Connection refused"), Tile(page, "Store, broker, engine"));
        Assert.Equal(("–", "not known while inventory-app does not answer"), Tile(page, "Stuck orders"));
    }

    // Its health is what it saw: while the store hangs, that is nothing yet.
    [Fact]
    public async Task Now_AppThatAnswersNothingElse_IsNotSaidToWork()
    {
        var orders = Orders();
        orders.OnRequest = path =>
        {
            if (path == "/api/orders/stuck") throw new HttpRequestException("nothing came");
        };
        await using var console = await ConsoleRun.StartAsync(orders, Inventory());

        Assert.Equal(("–", "order-app does not answer: nothing came"), Tile(await PageAsync(console), "Store, broker, engine"));
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.NotFound)]
    public async Task Now_AppsThatDoNotTell_AreLeftOutAndNothingIsClaimed(HttpStatusCode status)
    {
        var system = new FakeSystem();
        system.Instead["/api/health"] = (status, """{"code":"OPERATORS_ONLY","message":"Operators only."}""");
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await PageAsync(console);

        Assert.DoesNotContain("Store, broker, engine", page, StringComparison.Ordinal);
        Assert.Equal(("–", "not known: order-app does not tell whether it can store"), Tile(page, "Oldest order on its way"));
    }

    private static FakeSystem Orders(object? store = null, object? broker = null) => new() { Health = [store ?? FakeSystem.Dependency("store"), broker ?? FakeSystem.Dependency("broker"), FakeSystem.Dependency("engine")] };

    private static FakeSystem Inventory(object? store = null) => new() { Health = [store ?? FakeSystem.Dependency("store"), FakeSystem.Dependency("broker")] };

    private static async Task<string> PageAsync(ConsoleRun console) => WebUtility.HtmlDecode(await console.PageAsync("/"));

    private static (string Value, string Note) Tile(string page, string name)
    {
        var tile = Regex.Match(page, $"<h2>(?:<a [^>]*>)?\\s*{name}\\s*(?:</a>)?</h2>\\s*<p class=\"value\">(.*?)</p>.*?<p class=\"quiet text\">(.*?)</p>", RegexOptions.Singleline);
        Assert.True(tile.Success, $"There is no tile '{name}': {page}");
        return (tile.Groups[1].Value, tile.Groups[2].Value.Trim());
    }
}
