using System.Net;
using System.Text.RegularExpressions;

namespace OrderInventory.Tests.Web;

/// <summary>What the console shows of products.</summary>
public sealed class ProductPageTests
{
    private const string Order = "57061e50-a4b3-8ffd-b03a-a783a1621207";
    private const string Damaged = """{"code":"STOCK_DAMAGED","message":"What is stored is damaged.","productId":"p"}""";

    [Fact]
    public async Task Products_AreListedAndGoOn()
    {
        var system = new FakeSystem();
        for (var i = 0; i < 60; i++) system.Create($"p{i}", 1000 + i);
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await console.PageAsync("/products");

        Assert.Equal(50, Regex.Count(page, "href=\"/products/p"));
        Assert.Contains("1,049", page, StringComparison.Ordinal);
        Assert.Equal(10, Regex.Count(await console.PageAsync(Matches(page, "href=\"(/products\\?cursor=[^\"]+)\"")[0]), "href=\"/products/p"));
    }

    [Fact]
    public async Task Products_ThatAreBusy_AreShownWithBatchAndQueue()
    {
        var system = new FakeSystem { Busy = [new { productId = "<b>hot", commands = 1234, largestBatch = 56, waiting = 7 }] };
        system.Create("cold", 1);
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await console.PageAsync("/products");

        Assert.Contains("<a href=\"/products/%3Cb%3Ehot\">", page, StringComparison.Ordinal);
        Assert.Equal(["1,234", "56", "7"], Matches(page[page.IndexOf("<h2>Busy in the last minute", StringComparison.Ordinal)..], "<td class=\"number\">([0-9,]+)</td>"));
        Assert.DoesNotContain("Busy in the last minute", await console.PageAsync("/products?ids=cold"), StringComparison.Ordinal);
        system.Instead["/api/busy-products"] = (HttpStatusCode.Forbidden, """{"code":"OPERATORS_ONLY","message":"Operators only."}""");
        Assert.Contains("Not shown: busy products. inventory-app: Operators only.", await console.PageWithAsync("/products", "Not shown"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Products_ByIds_AreThose()
    {
        var system = new FakeSystem();
        foreach (var id in new[] { "a", "b", "c" }) system.Create(id, 7);
        await using var console = await ConsoleRun.StartAsync(system);

        Assert.Equal(["a", "c"], Matches(await console.PageAsync("/products?ids=c,%20a,nothing"), "href=\"/products/([abc])\"").Order());
        Assert.Contains("None of these products exists", await console.PageAsync("/products?ids=nothing"), StringComparison.Ordinal);
        system.Products.Clear();
        Assert.Contains("There is no product here", await console.PageAsync("/products"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/products")]
    [InlineData("/products?ids=p,q")]
    public async Task Products_OneIsDamaged_IsNamedAndTheOthersAreShown(string address)
    {
        var system = new FakeSystem();
        system.Create("p", 1);
        system.Create("q", 4711);
        system.Damage("p");
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await console.PageAsync(address);

        Assert.Contains("What is stored of these products is damaged", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/products/p\">", page, StringComparison.Ordinal);
        Assert.Contains("4,711", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Products_FieldForSeveralIds_SaysThatCommasSeparateThemAndWhereOneWithACommaIsFound()
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem());

        Assert.Matches("<label>[^<]*separated by commas; one with a comma is found by “Product id” <input name=\"ids\"", WebUtility.HtmlDecode(await console.PageAsync("/products")));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("a/b")]
    public async Task Product_ThatIsNotThere_IsSaidAtTheFieldWithWhatWasTyped(string id)
    {
        var system = new FakeSystem();
        system.Instead["/api/inventory/a%2Fb"] = (HttpStatusCode.BadRequest, """{"code":"BAD_PATH","message":"The path contains %2F."}""");
        await using var console = await ConsoleRun.StartAsync(system);

        using var answer = await console.Http.GetAsync("/product?product=" + Uri.EscapeDataString(id));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Matches($"name=\"product\" value=\"{id}\"[^>]*>\\s*<strong class=\"wrong\">\\s*There is no product with this id.", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("p")]
    [InlineData("书 100% 😀")]
    [InlineData("%41")]
    [InlineData("a+b?c#d&e\"f")]
    [InlineData("a,b")]
    [InlineData("<script>alert(1)</script \u202Eאבג>")]
    public async Task Product_OfAnyId_IsFoundAndIsText(string id)
    {
        id = id.Replace('/', '|');
        var system = new FakeSystem();
        system.Create(id, 5);
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await console.PageAsync("/product?product=" + Uri.EscapeDataString(id));

        Assert.Contains("operation 1, 2026-01-02", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.Contains($"<bdi>{id}</bdi>", WebUtility.HtmlDecode(await console.PageAsync("/products")), StringComparison.Ordinal);
        // Its events are those of this product, too.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var events = await console.EventsAsync(Matches(page, "data-live=\"([^\"]+)\"")[0], limit.Token);
        var changed = events.ReadLineAsync(limit.Token).AsTask();
        await Task.Delay(LiveMoment, TimeProvider.System, limit.Token);
        Assert.False(changed.IsCompleted);
        system.Record(id, Order, 1, "HELD", 2);
        Assert.Equal("event: changed", await changed);
    }

    [Fact]
    public async Task Product_ShowsBalancesOperationsAndHolders()
    {
        var system = new FakeSystem();
        system.Create("p", 10);
        system.Record("p", Order, 1, "HELD", 4);
        system.Record("p", "of another app", 1, "HELD", 3);
        system.Record("p", Order, 2, "HELD", 1);
        system.Record("p", Order, 2, "RELEASED", 1);
        await using var console = await ConsoleRun.StartAsync(system);

        var page = WebUtility.HtmlDecode(await console.PageAsync("/products/p"));

        Assert.Equal(["3", "7", "10"], Matches(page, "<dd class=\"figure\">([^<]+)"));
        Assert.Equal(["2 → 3", "3 → 2", "6 → 3", "10 → 6", "0 → 10"], Matches(page, "<td class=\"number\">(\\d+ → \\d+)</td>"));
        Assert.Contains($"<a href=\"/orders/{Order}\">{Order}</a>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/orders/of", page, StringComparison.Ordinal);
        var holders = page[page.IndexOf("Who holds units now", StringComparison.Ordinal)..page.IndexOf("Operations, newest first", StringComparison.Ordinal)];
        Assert.Equal(["4", "3"], Matches(holders, "<td class=\"number\">\\d</td><td class=\"number\">(\\d)</td>"));
        Assert.DoesNotContain(">Reserved</th>", page, StringComparison.Ordinal);
        // From 0 to 10, five equal steps.
        Assert.Equal("M90 205H206.7V14H323.3V90.4H440V147.7H556.7V166.8H673.3V147.7H790", Matches(page, "<path class=\"line\" d=\"([^\"]+)\"")[0]);
        Assert.Contains("From 0 before operation 1 to 3 after operation 5; at least 0, at most 10.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Product_WhoseAppSaysWhatWasReserved_ShowsIt()
    {
        var system = new FakeSystem();
        system.Create("p", 10);
        system.Operations["p"].Add(new { sequence = 2, operationId = $"{Order}:1:deduct", kind = "DEDUCT", orderId = Order, line = 1, quantity = 4, success = true, outcome = "HELD", availableAfter = 6, reservedAfter = 9, time = FakeSystem.Start });
        await using var console = await ConsoleRun.StartAsync(system);

        Assert.Contains("<td class=\"number\">5 → 9</td>", WebUtility.HtmlDecode(await console.PageAsync("/products/p")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Product_WithManyOperations_ShowsTheNewestAndLinksOlderOnes()
    {
        var system = new FakeSystem();
        system.Create("p", 100_000);
        for (var i = 1; i <= 250; i++) system.Record("p", Order, i, "HELD", 1);
        await using var console = await ConsoleRun.StartAsync(system);

        var page = WebUtility.HtmlDecode(await console.PageAsync("/products/p"));
        var older = WebUtility.HtmlDecode(await console.PageAsync(Matches(page, "href=\"(/products/p\\?cursor=[^\"]+)\"")[0]));

        Assert.Contains("These are the 10 that hold theirs longest.", page, StringComparison.Ordinal);
        Assert.Equal((210, 400), (Regex.Count(page, "/orders/"), Regex.Count(await console.PageAsync(Matches(page, "href=\"(/products/p\\?holders=all)\"")[0]), "/orders/")));
        Assert.Contains("By the newest 200 operations, in which 200 units are held of 250.", page, StringComparison.Ordinal);
        Assert.Contains("The axis begins at 99,750.", page, StringComparison.Ordinal);
        Assert.Equal(["operation 52", "operation 251", "operation 1", "operation 51"], Matches(page + older, "(operation \\d+), 2026"));
        Assert.DoesNotContain("Who holds units now", older, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"next\"", older, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Product_ThatIsDamaged_ShowsWhatTheAppSaysAndTheRest()
    {
        var system = new FakeSystem();
        system.Create("p", 10);
        system.Instead["/api/inventory/p"] = (HttpStatusCode.InternalServerError, Damaged);
        await using var console = await ConsoleRun.StartAsync(system);

        var page = WebUtility.HtmlDecode(await console.PageAsync("/products/p"));
        Assert.Contains("The app says: “What is stored is damaged.”", page, StringComparison.Ordinal);
        Assert.Contains("Operations, newest first", page, StringComparison.Ordinal);

        system.Instead["/api/inventory/p/operations"] = (HttpStatusCode.InternalServerError, Damaged);
        await using var other = await ConsoleRun.StartAsync(system);
        Assert.Contains("Not shown: its operations. What is stored is damaged.", await other.PageAsync("/products/p"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Product_OfACallerWhoIsNoStaff_ShowsWhatItMaySee()
    {
        var system = new FakeSystem();
        system.Create("p", 10);
        system.Instead["/api/inventory/p/operations"] = (HttpStatusCode.Forbidden, """{"code":"OPERATORS_ONLY","message":"Staff only."}""");
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await console.PageAsync("/products/p");

        Assert.Contains("Not shown: its operations. inventory-app: Staff only.", page, StringComparison.Ordinal);
        Assert.Equal(["10", "0", "10"], Matches(page, "<dd class=\"figure\">([^<]+)"));
    }

    [Theory]
    [InlineData("/products/nothing", HttpStatusCode.NotFound)]
    [InlineData("/product", HttpStatusCode.OK)]
    public async Task Product_ThatIsNot_IsSaidSo(string path, HttpStatusCode status)
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem());

        Assert.Equal(status, (await console.Http.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Product_InventoryIsDown_SaysSinceWhen()
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem(), new FakeSystem { IsDown = true });

        using var answer = await console.Http.GetAsync("/products/p");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("<strong>inventory-app</strong> has not answered since", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static readonly TimeSpan LiveMoment = TimeSpan.FromSeconds(1.5);

    private static string[] Matches(string page, string pattern) => [.. Regex.Matches(page, pattern).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value))];
}
