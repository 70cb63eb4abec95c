using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using OrderInventory.Cli;
using OrderInventory.Testing.Processes;

namespace OrderInventory.Tests.Web;

/// <summary>What holds for every page of the console.</summary>
public sealed class ConsoleTests
{
    [Fact]
    public async Task Page_AllowsNothingButItsOwnFiles()
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem());

        using var answer = await console.Http.GetAsync("/orders");

        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        var page = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
        foreach (var file in System.Text.RegularExpressions.Regex.Matches(page, "(?:src|href)=\"(/assets/[^\"]+)\"").Select(match => match.Groups[1].Value))
        {
            using var asset = await console.Http.GetAsync(file);
            Assert.Equal((HttpStatusCode.OK, true), (asset.StatusCode, asset.Headers.CacheControl!.Public));
        }
    }

    // A field named as a member of its form hides that member from scripts: pages no longer changed under a form with a field "id".
    [Fact]
    public void Fields_HaveNoNameThatAFormNeeds()
    {
        var pages = Directory.GetFiles(Path.Combine(OrderInventory.Testing.Repository.Root, "tools/order-inventory/Web/Pages"), "*.razor");

        Assert.All(pages, page => Assert.DoesNotMatch("name=\"(id|name|action|method|elements|submit|children|target)\"", File.ReadAllText(page)));
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/orders/57061e50-a4b3-8ffd-b03a-a783a1621207")]
    [InlineData("/assets/../appsettings.json")]
    public async Task Page_ThatIsNot_Is404(string path)
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem());

        Assert.Equal(HttpStatusCode.NotFound, (await console.Http.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/orders?user=ann")]
    [InlineData("/products/p")]
    [InlineData("/assets/console.css")]
    public async Task Head_OfAPage_IsItsGetWithoutABody(string path)
    {
        var system = new FakeSystem();
        system.Create("p", 1);
        await using var console = await ConsoleRun.StartAsync(system);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);

        using var get = await console.Http.GetAsync(path);
        using var head = await console.Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, get.Content.Headers.ContentType), (head.StatusCode, head.Content.Headers.ContentType));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("DELETE", "/orders", "GET, HEAD")]
    [InlineData("POST", "/stuck", "GET, HEAD")]
    [InlineData("PUT", "/audit", "GET, POST, HEAD")]
    [InlineData("GET", "/deadletters/one/replay", "POST")]
    [InlineData("HEAD", "/live/orders", "GET")]
    public async Task Request_WithAMethodThatAPageDoesNotTake_Is405(string method, string path, string allow)
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem());
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await console.Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.MethodNotAllowed, allow), (answer.StatusCode, string.Join(", ", answer.Content.Headers.Allow)));
        if (method != "HEAD") Assert.Contains($"This address takes {allow} only.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ByAnotherName_IsRefused()
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/orders");
        request.Headers.Host = "evil.example";

        Assert.Equal(HttpStatusCode.BadRequest, (await console.Http.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("GET", "/orders")]
    [InlineData("GET", "/audit")]
    [InlineData("POST", "/audit")]
    [InlineData("GET", "/assets/console.css")]
    public async Task Request_ThatASidecarBringsFromAnotherApp_IsRefused(string method, string path)
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem());
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("dapr-caller-app-id", "other");

        Assert.Equal(HttpStatusCode.Forbidden, (await console.Http.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("/orders/%20")]
    [InlineData("/products/%09")]
    [InlineData("/deadletters/%20")]
    [InlineData("/deadletters/%20/dismiss")]
    public async Task Page_OfRubbish_SaysSo(string path)
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem());

        using var answer = await console.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("There is nothing of this name.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/orders?user=ann&status=PAID&cursor=x", "user", "ann", "/orders?user=ann&status=PAID")]
    [InlineData("/orders?cursor=x", "user", "", "/orders")]
    [InlineData("/products?cursor=x", "ids", "", "/products")]
    public async Task Page_OfACursorThatIsNone_KeepsTheFormAndSaysSoBelowIt(string path, string field, string value, string first)
    {
        var system = new FakeSystem();
        foreach (var list in new[] { "/api/orders", "/api/orders/recent", "/api/inventory" }) system.Instead[list] = (HttpStatusCode.BadRequest, """{"code":"VALIDATION_FAILED","message":"Some fields are not valid.","errors":{"cursor":["It is none."]}}""");
        await using var console = await ConsoleRun.StartAsync(system);

        using var answer = await console.Http.GetAsync(path);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Matches($"name=\"{field}\"( value=\"{value}\")? maxlength", page);
        Assert.Matches($"</form>.*<p class=\"notice bad\" role=\"status\">[^<]*there is no such page of this list.\\s*<strong class=\"wrong\">\\s*It is none.\\s*</strong>\\s*<a href=\"{Regex.Escape(first)}\">First page</a>", page.ReplaceLineEndings(" "));
        Assert.DoesNotContain("correct what is marked", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/orders", "user", "userId")]
    [InlineData("/orders", "order", "orderNo")]
    [InlineData("/products", "ids", "ids")]
    public async Task Search_ThatTheAppRefuses_KeepsTheFormAndSaysWhatIsWrongAtTheField(string path, string field, string parameter)
    {
        var system = new FakeSystem();
        system.Instead["/api/orders"] = system.Instead["/api/inventory"] = (HttpStatusCode.BadRequest, $$$"""{"code":"VALIDATION_FAILED","message":"Some fields are not valid.","errors":{"{{{parameter}}}":["It is none."]}}""");
        await using var console = await ConsoleRun.StartAsync(system);

        using var answer = await console.Http.GetAsync($"{path}?{field}=a/b");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Matches($"name=\"{field}\" value=\"a/b\"[^>]*>\\s*<strong class=\"wrong\">\\s*It is none.", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("127.0.0.1:99999")]
    [InlineData("")]
    public async Task Request_WithoutAnAddress_Is400(string host)
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem());

        var answer = await OrderInventory.Testing.RawRequest.SendAsync(console.Http.BaseAddress!, $"GET /orders HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orders_OfAUser_AreListedAndFilteredAndGoOn()
    {
        var system = new FakeSystem();
        for (var i = 0; i < 60; i++) system.Orders[$"o{i}"] = new FakeOrder($"o{i}", "ann", $"k{i}", [("p", 1)], "PENDING", "CONFIRMED");
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await console.PageAsync("/orders?user=ann");

        Assert.Equal(50, System.Text.RegularExpressions.Regex.Count(page, "href=\"/orders/o"));
        Assert.Contains("/orders?user=ann&amp;cursor=50", page, StringComparison.Ordinal);
        Assert.Contains("No order is like this", await console.PageAsync("/orders?user=bob"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orders_OfEverybody_AreListedAndGoOn()
    {
        var system = new FakeSystem();
        for (var i = 0; i < 60; i++) system.Orders[$"o{i}"] = new FakeOrder($"o{i}", "ann" + i, $"k{i}", [("p", 1)], "PENDING", "CONFIRMED");
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await console.PageAsync("/orders?status=CONFIRMED");

        Assert.Equal(50, System.Text.RegularExpressions.Regex.Count(page, "href=\"/orders/o"));
        Assert.Contains("/orders?status=CONFIRMED&amp;cursor=50", page, StringComparison.Ordinal);
        Assert.Contains("Say whose key it is", await console.PageAsync("/orders?key=k1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfAnAppThatIsDown_SaysSinceWhen()
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem { IsDown = true });

        using var answer = await console.Http.GetAsync("/orders?user=ann");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("<strong>order-app</strong> has not answered since", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_ManyViewers_AreReadForOnce()
    {
        var system = new FakeSystem();
        system.Orders["o"] = new FakeOrder("o", "ann", "k", [("p", 1)], "PENDING", "CONFIRMED");
        var reads = new ConcurrentQueue<string>();
        system.OnRequest = reads.Enqueue;
        await using var console = await ConsoleRun.StartAsync(system);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => console.PageAsync("/orders/o")));

        // Twice: the second read shows that the order did not move on meanwhile. On a slow machine twenty may take longer than what is read stays fresh.
        Assert.InRange(reads.Count(path => path == "/api/orders/o"), 2, 8);
    }

    [Fact]
    public async Task Live_NothingChanged_SaysNothing()
    {
        var system = new FakeSystem();
        system.Orders["o"] = new FakeOrder("o", "ann", "k", [("p", 1)], "PENDING", "CONFIRMED");
        await using var console = await ConsoleRun.StartAsync(system);
        var page = await console.PageAsync("/orders?user=ann");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var events = await console.EventsAsync($"/live/orders?user=ann&version={OrderPageTests.Version(page)}", limit.Token);

        var next = events.ReadLineAsync(limit.Token).AsTask();
        var reads = 0;
        var looked = new TaskCompletionSource();
        system.OnRequest = _ => { if (Interlocked.Increment(ref reads) == 3) looked.SetResult(); };
        await looked.Task.WaitAsync(limit.Token);
        Assert.False(next.IsCompleted);

        system.Orders["o2"] = new FakeOrder("o2", "ann", "k2", [("p", 1)], "PENDING");
        Assert.Equal("event: changed", await next);
    }

    [Theory]
    [InlineData("--port", "70000")]
    [InlineData("--port", "x")]
    [InlineData("--trace-link", "http://traces/")]
    [InlineData("--trace-link", "javascript:{traceId}")]
    [InlineData("--order-app", "order-app")]
    public async Task Console_OptionThatMeansNothing_IsRefusedWith2(string option, string value)
    {
        using var errors = new StringWriter();

        Assert.Equal(2, await new CommandLine(TextWriter.Null, errors, TimeProvider.System, _ => null).InvokeAsync(["console", option, value]));
        Assert.Contains(option, errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Console_PortIsTaken_SaysSoInOneLine()
    {
        await using var other = await ConsoleRun.StartAsync(new FakeSystem());
        var port = other.Http.BaseAddress!.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var dll = ServerProcess.Dll("order-inventory");
        using var console = ServerProcess.Start(dll, ["console", "--port", port], Path.GetDirectoryName(dll)!);

        Assert.Equal(2, await console.EndAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal($"Port {port} of 127.0.0.1 cannot be had: is another console running? Choose another one with --port.", console.Output);
    }
}
