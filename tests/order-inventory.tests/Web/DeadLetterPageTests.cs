using System.Net;
using System.Text.RegularExpressions;

namespace OrderInventory.Tests.Web;

/// <summary>What the console shows of dead letters, and does with one.</summary>
public sealed class DeadLetterPageTests
{
    private const string Order = "57061e50-a4b3-8ffd-b03a-a783a1621207";

    [Fact]
    public async Task Letters_None_SaysSo()
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem());

        var page = await console.PageAsync("/deadletters");

        Assert.Contains("None of these is open", page, StringComparison.Ordinal);
        Assert.Contains("No letter is like this", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letters_OpenOnes_AreCountedByTopicAndReason()
    {
        var (orders, inventory) = Two();
        await using var console = await ConsoleRun.StartAsync(orders, inventory);

        var page = await console.PageAsync("/deadletters");
        var groups = Matches(page, "<td class=\"number\"><a href=\"(/deadletters\\?group=[^\"]+)\">");
        var first = await console.PageAsync(groups[0]);
        var dismissed = await console.PageAsync("/deadletters?status=DISMISSED");

        Assert.Equal(["2", "1", "1"], Matches(page, "<td class=\"number\"><a href=\"/deadletters[^>]+>(\\d+)"));
        Assert.Contains("1 can only be dismissed", page, StringComparison.Ordinal);
        Assert.Contains("Of all 5 letters of both apps", page, StringComparison.Ordinal);
        Assert.Equal(["b", "a"], Listed(first));
        Assert.Equal(["d"], Listed(dismissed));
        Assert.Equal(5, Listed(page).Length);
    }

    [Fact]
    public async Task Letters_Many_AreBoundedAndGoOn()
    {
        var (orders, inventory) = (new FakeSystem(), new FakeSystem());
        for (var i = 0; i < 450; i++) inventory.Letters.Add(FakeLetters.Of($"l{i}", minute: -i));
        orders.Letters.Add(FakeLetters.Of("o", topic: "inventory-deduction-result"));
        await using var console = await ConsoleRun.StartAsync(orders, inventory);

        var page = await console.PageAsync("/deadletters");
        var older = await console.PageAsync(Matches(page, "href=\"(/deadletters\\?[^\"]+)\" rel=\"next\"")[0]);

        Assert.Equal((200, 50), (Listed(page).Length, Listed(older).Length));
        Assert.Contains("Of the newest 401 letters of both apps. There are older ones.", page, StringComparison.Ordinal);
        Assert.Contains("These are the newest 200 of 401", page, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"next\"", older, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letters_OneAppIsDown_ShowsThoseOfTheOther()
    {
        var (orders, inventory) = Two();
        orders.IsDown = true;
        await using var console = await ConsoleRun.StartAsync(orders, inventory);

        var page = await console.PageAsync("/deadletters");

        Assert.Equal(4, Listed(page).Length);
        Assert.Contains("Not shown: some of the letters. order-app does not answer", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await console.Http.GetAsync("/deadletters/a")).StatusCode);
        Assert.Equal(HttpStatusCode.BadGateway, (await console.Http.GetAsync("/deadletters/of-order-app")).StatusCode);
        inventory.IsDown = true;
        Assert.Equal(HttpStatusCode.BadGateway, (await console.Http.GetAsync("/deadletters?status=OPEN")).StatusCode);
    }

    [Fact]
    public async Task Letters_OfACallerWhoIsNoOperator_AreForbidden()
    {
        var system = new FakeSystem();
        system.Instead["/api/deadletters"] = (HttpStatusCode.Forbidden, """{"code":"OPERATORS_ONLY","message":"Operators only."}""");
        await using var console = await ConsoleRun.StartAsync(system);

        Assert.Equal(HttpStatusCode.Forbidden, (await console.Http.GetAsync("/deadletters")).StatusCode);
    }

    [Fact]
    public async Task Letter_InFull_ShowsItsDataItsOrderAndWhoKeepsIt()
    {
        var (orders, inventory) = (new FakeSystem(), new FakeSystem());
        inventory.Letters.Add(FakeLetters.Of("a", eventId: Order + ":1:deduct", body: """{"quantity":12345678901234567890.10,"name":"书"}"""));
        await using var console = await ConsoleRun.StartAsync(orders, inventory);

        var page = WebUtility.HtmlDecode(await console.PageAsync("/deadletters/a"));

        Assert.Contains($"href=\"/orders/{Order}\"", page, StringComparison.Ordinal);
        Assert.Contains("<dd>inventory-app</dd>", page, StringComparison.Ordinal);
        Assert.Contains("{\n  \"quantity\": 12345678901234567890.10,\n  \"name\": \"书\"\n}", page.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await console.Http.GetAsync("/deadletters/nothing")).StatusCode);
    }

    [Theory]
    [InlineData("nonsense <script>alert(1)</script>")]
    [InlineData("\"<script>alert(1)</script>\"")]
    [InlineData("{\"a\":\"</bdi></pre><script>alert(1)</script>\u202Eאב\"}")]
    public async Task Letter_WithMarkupInIt_IsText(string body)
    {
        var system = new FakeSystem();
        system.Letters.Add(FakeLetters.Of("a", "<script>alert(2)</script>", "<b>", "<img src=x>", body: body));
        await using var console = await ConsoleRun.StartAsync(system, new FakeSystem());

        foreach (var path in new[] { "/deadletters", "/deadletters/a", "/deadletters/a/dismiss" })
        {
            var page = await console.PageAsync(path);
            Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
            Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Replay_ALetter_ShowsWhatItIsThen()
    {
        var (orders, inventory) = Two();
        await using var console = await ConsoleRun.StartAsync(orders, inventory, token: Token("""{"sub":"7","email":"ann@example.org"}"""));

        using var answer = await console.SubmitAsync("/deadletters/a", "/deadletters/a/replay");
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());

        Assert.Equal(("GET", "/deadletters/a"), (answer.RequestMessage!.Method.Method, answer.RequestMessage.RequestUri!.AbsolutePath));
        Assert.Contains("<span class=\"status good\">REPLAYED</span>", page, StringComparison.Ordinal);
        Assert.Contains("replay by <bdi>ann@example.org</bdi>. Read again afterwards, it was REPLAYED.", page, StringComparison.Ordinal);
        Assert.Contains("Information: ann@example.org asked to replay dead letter a of inventory-app: it is REPLAYED", console.Logged);
        Assert.DoesNotContain("/replay\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_Refused_SaysWhyAndLinksTheFirst()
    {
        var (orders, inventory) = Two();
        await using var console = await ConsoleRun.StartAsync(orders, inventory);

        using var answer = await console.SubmitAsync("/deadletters/b", "/deadletters/b/replay");
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Contains("An earlier one is open. (EARLIER_DEAD_LETTER)", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/deadletters/a\">The one to deal with first", page, StringComparison.Ordinal);
        Assert.Contains($"Information: {Environment.UserName} asked to replay dead letter b of inventory-app: An earlier one is open. (EARLIER_DEAD_LETTER)", console.Logged);
    }

    [Fact]
    public async Task Replay_AppGoesDown_IsNotKnown()
    {
        var (orders, inventory) = Two();
        await using var console = await ConsoleRun.StartAsync(orders, inventory);
        inventory.OnCommand = (_, _) => throw new HttpRequestException("Connection reset");

        using var answer = await console.SubmitAsync("/deadletters/a", "/deadletters/a/replay");

        Assert.Contains("It is not known whether this was done", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dismiss_AsksOnAPageOfItsOwnAndShowsTheReason()
    {
        var (orders, inventory) = Two();
        await using var console = await ConsoleRun.StartAsync(orders, inventory, token: "opaque");

        Assert.Contains("href=\"/deadletters/a/dismiss\"", await console.PageAsync("/deadletters/a"), StringComparison.Ordinal);
        Assert.Contains("This cannot be undone", await console.PageAsync("/deadletters/a/dismiss"), StringComparison.Ordinal);
        using var empty = await console.SubmitAsync("/deadletters/a/dismiss", "/deadletters/a/dismiss", ("reason", " "));
        Assert.Contains("Say why it does not matter.", await empty.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var answer = await console.SubmitAsync("/deadletters/a/dismiss", "/deadletters/a/dismiss", ("reason", "the <b>product</b> was withdrawn"));
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Contains("by <bdi>ann</bdi>: <bdi>the &lt;b&gt;product&lt;/b&gt; was withdrawn</bdi>", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"status ended\">DISMISSED</span>", page, StringComparison.Ordinal);
        Assert.Contains("Information: the holder of the token asked to dismiss dead letter a of inventory-app: it is DISMISSED", console.Logged);
        await console.PageWithAsync("/deadletters/a/dismiss", "There is nothing left to decide");
    }

    // From a page that was open before.
    [Fact]
    public async Task Dismiss_OnceMoreWithAnotherReason_SaysThatTheFirstStays()
    {
        var (orders, inventory) = Two();
        await using var console = await ConsoleRun.StartAsync(orders, inventory);
        var token = Regex.Match(await console.PageAsync("/deadletters/a/dismiss"), "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        using var first = await console.SubmitAsync("/deadletters/a/dismiss", "/deadletters/a/dismiss", ("reason", "the first"));

        using var form = new FormUrlEncodedContent([new("app", "inventory-app"), new("reason", "the second"), new("__RequestVerificationToken", token)]);
        using var second = await console.Http.PostAsync("/deadletters/a/dismiss", form);

        var page = Regex.Replace(await second.Content.ReadAsStringAsync(), "<[^>]*>", "");
        Assert.Matches("Nothing changed: .*, dismiss by .*\\. It was dismissed before, .* by ann: the first", page);
        Assert.DoesNotContain("Done:", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_OfAStatusThatThereIsNot_Is400()
    {
        var (orders, inventory) = Two();
        await using var console = await ConsoleRun.StartAsync(orders, inventory);

        using var answer = await console.Http.GetAsync("/deadletters?status=NOPE");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("none is NOPE", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/deadletters/a/replay")]
    [InlineData("/deadletters/a/dismiss")]
    [InlineData("/deadletters/runs")]
    public async Task Action_WithoutTheTokenOfAForm_IsNotDone(string action)
    {
        var (orders, inventory) = Two();
        await using var console = await ConsoleRun.StartAsync(orders, inventory);
        var commands = 0;
        inventory.OnCommand = (_, _) => commands++;
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("app", "inventory-app"), KeyValuePair.Create("reason", "x"), KeyValuePair.Create("count", "1")]);

        foreach (var content in new HttpContent?[] { form, null, new StringContent("{}") })
        {
            using var answer = await console.Http.PostAsync(action, content);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains("Nothing was done", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(0, commands);
        Assert.DoesNotContain("Runs of replays", await console.PageAsync("/deadletters"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.b.c", "the holder of the token")]
    [InlineData("opaque", "the holder of the token")]
    [InlineData(null, "tom")]
    public void Operator_WhoseTokenSaysNothing_HasAName(string? token, string name) => Assert.Equal(name, OrderInventory.Web.Operator.Of(token, "tom").Name);

    [Theory]
    [InlineData("""{"sub":"7"}""", "7")]
    [InlineData("""{"sub":"7","preferred_username":"ann"}""", "ann")]
    [InlineData("""{"sub":"7","email":"","preferred_username":3}""", "7")]
    [InlineData("""{"sub":"a\r\nInformation: b"}""", "aInformation: b")]
    [InlineData("[]", "the holder of the token")]
    public void Operator_WithAToken_IsWhomItNames(string claims, string name) => Assert.Equal(name, OrderInventory.Web.Operator.Of(Token(claims), "tom").Name);

    internal static (FakeSystem Orders, FakeSystem Inventory) Two()
    {
        var (orders, inventory) = (new FakeSystem(), new FakeSystem());
        orders.Letters.Add(FakeLetters.Of("of-order-app", eventId: Order + ":1:deduct:result", topic: "inventory-deduction-result"));
        inventory.Letters.AddRange([
            FakeLetters.Of("d", status: "DISMISSED", minute: 4),
            FakeLetters.Of("c", null, null, null, canReplay: false, minute: 3),
            FakeLetters.Of("b", eventId: "e2", minute: 2),
            FakeLetters.Of("a", minute: 1)]);
        return (orders, inventory);
    }

    private static string Token(string claims) => $"e30.{System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(claims))}.c2ln";

    private static string[] Listed(string page) => Matches(page, "<td class=\"text\"><a href=\"/deadletters/([^\"]+)\"");

    private static string[] Matches(string page, string pattern) => [.. Regex.Matches(page, pattern).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value))];
}
