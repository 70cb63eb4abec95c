using System.Net;
using System.Text.RegularExpressions;
using OrderInventory.Testing;

namespace OrderInventory.Tests.Web;

/// <summary>How the system does, from the instruments of both apps.</summary>
public sealed class NowPageTests
{
    [Fact]
    public async Task Now_CountersThatGrow_AreRatesAndTimes()
    {
        var system = new FakeSystem { Metrics = Metrics("one", placed: 1_000, fast: 500, slow: 500) };
        await using var console = await ConsoleRun.StartAsync(system, new FakeSystem());
        await SeenAsync(console, "Requests that wait for a round", "7");
        system.Metrics = Metrics("one", placed: 1_100, fast: 599, slow: 501);

        var tiles = await SeenAsync(console, "Orders placed a second", "10");

        Assert.Equal(("0.075 s", "0.1 s"), (tiles["Time until decided, p50"], tiles["Time until decided, p99"]));
    }

    [Fact]
    public async Task Now_ProcessThatIsStartedAgain_CountsFromItsStart()
    {
        var system = new FakeSystem { Metrics = Metrics("one", placed: 1_000, fast: 0, slow: 0) };
        await using var console = await ConsoleRun.StartAsync(system, new FakeSystem());
        await SeenAsync(console, "Requests that wait for a round", "7");
        system.Metrics = Metrics("two", placed: 3, fast: 0, slow: 0);
        await SeenAsync(console, "Requests that wait for a round", "14");
        system.Metrics = Metrics("two", placed: 53, fast: 0, slow: 0);

        await SeenAsync(console, "Orders placed a second", "5");
    }

    [Fact]
    public async Task Now_WhatNeedsSomebody_IsShownWithItsList()
    {
        var system = new FakeSystem();
        system.Letters.Add(new { id = "l", topic = "t", eventId = "e", type = (string?)null, key = "k", reason = "r", size = 1, status = "OPEN", recordedTime = FakeSystem.Start, replays = 0, lastReplayed = (string?)null, canReplay = true });
        system.Instead["/api/orders/stuck"] = (HttpStatusCode.OK, """{"data":[{"orderId":"57061e50-a4b3-8ffd-b03a-a783a1621207","since":"2026-01-02T03:04:05Z","attempts":4,"lastAttempt":null,"waitsFor":"CONFIRM"}]}""");
        system.Instead["/api/orders/waiting"] = (HttpStatusCode.OK, """{"data":[{"orderId":"57061e50-a4b3-8ffd-b03a-a783a1621207","since":"2026-01-02T03:04:05Z","attempts":4,"lastAttempt":null,"waitsFor":"CONFIRM"}]}""");
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await console.PageAsync("/");

        Assert.Contains("<a href=\"/orders/57061e50-a4b3-8ffd-b03a-a783a1621207\">Oldest order on its way</a>", page, StringComparison.Ordinal);
        // Both apps are the same one here.
        Assert.Equal(("2", "1", "–"), (Tiles(page)["Open dead letters"], Tiles(page)["Stuck orders"], Tiles(page)["Audit"]));
        Assert.Contains("the oldest since 2026-01-02 03:04:05Z", page, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(page, "<li class=\"bad\">"));
    }

    [Fact]
    public async Task Now_CallerWhoIsNoOperator_SeesWhatItMay()
    {
        var system = new FakeSystem();
        foreach (var path in new[] { "/api/metrics", "/api/deadletters", "/api/orders/stuck" }) system.Instead[path] = (HttpStatusCode.Forbidden, """{"code":"OPERATORS_ONLY","message":"Operators only."}""");
        await using var console = await ConsoleRun.StartAsync(system);

        Assert.Equal(("–", "–", "–"), (Tiles(await console.PageAsync("/"))["Open dead letters"], Tiles(await console.PageAsync("/"))["Stuck orders"], Tiles(await console.PageAsync("/"))["Orders placed a second"]));
    }

    [Fact]
    public async Task Now_AppsThatNeverAnswered_AreNotKnownAndNotZero()
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem { IsDown = true });

        var page = await console.PageAsync("/");

        Assert.All(Tiles(page).Values, value => Assert.Equal("–", value));
        Assert.Equal(Enumerable.Repeat("–", 7), Flows(page));
    }

    [Fact]
    public async Task Now_OneAppAnswers_OnlyTheOtherIsNotKnown()
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem { Metrics = Metrics("one", placed: 1_000, fast: 0, slow: 0) }, new FakeSystem { IsDown = true });

        // Rates are known once there is something to compare with.
        var tiles = await SeenAsync(console, "Orders placed a second", "0");

        Assert.Equal(("7", "–", "–"), (tiles["Requests that wait for a round"], tiles["Stock operations a second"], tiles["Stock operations that wait"]));
        Assert.Equal(Enumerable.Repeat("0", 7), Flows(await console.PageAsync("/")));
    }

    private static IEnumerable<string> Flows(string page) => Regex.Matches(page, "<dd class=\"value\">(.*?)</dd>").Select(match => WebUtility.HtmlDecode(match.Groups[1].Value));

    private static Task<Dictionary<string, string>> SeenAsync(ConsoleRun console, string tile, string value) =>
        Eventually.GetAsync(async () => Tiles(await console.PageAsync("/")), tiles => tiles[tile] == value, TimeSpan.FromSeconds(20), $"{tile} is {value}");

    private static Dictionary<string, string> Tiles(string page) => Regex.Matches(page, "<h2>(?:<a [^>]*>)?\\s*([^<]*?)\\s*(?:</a>)?</h2>\\s*<p class=\"value\">(.*?)</p>", RegexOptions.Singleline)
        .ToDictionary(match => match.Groups[1].Value, match => WebUtility.HtmlDecode(match.Groups[2].Value));

    private static object Metrics(string instance, int placed, int fast, int slow) => new
    {
        instance,
        time = FakeSystem.Start,
        metrics = new object[]
        {
            new { name = "orders.created.total", unit = "", series = new object[] { new { tags = new { outcome = "created" }, value = placed }, new { tags = new { outcome = "replayed" }, value = 5 * placed } } },
            new { name = "orders.intake.waiting", unit = "", series = new object[] { new { tags = new { }, value = 7 } } },
            new
            {
                name = "orders.outcome.duration",
                unit = "s",
                series = new object[] { new { tags = new { status = "CONFIRMED" }, value = 1, count = fast + slow, buckets = new object[] { new { upTo = 0.05, count = 0 }, new { upTo = 0.1, count = fast }, new { upTo = 0.5, count = slow }, new { upTo = (double?)null, count = 0 } } } },
            },
        },
    };
}
