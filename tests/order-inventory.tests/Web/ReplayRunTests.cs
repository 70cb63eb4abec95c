using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrderInventory.Tests.Web;

/// <summary>Replays of some letters of a group.</summary>
public sealed class ReplayRunTests
{
    [Fact]
    public async Task Run_ReplaysTheOldestFirstAndShowsEachOutcome()
    {
        var system = Letters(5);
        var sent = new ConcurrentQueue<(string Path, long Time)>();
        system.OnCommand = (path, _) => sent.Enqueue((path, TimeProvider.System.GetTimestamp()));
        await using var console = await ConsoleRun.StartAsync(new FakeSystem(), system);

        using var answer = await console.SubmitAsync("/deadletters", "/deadletters/runs", ("count", "3"));
        var page = await console.PageWithAsync(answer.RequestMessage!.RequestUri!.AbsolutePath, "ENDED");

        Assert.Equal("/deadletters/runs/1", answer.RequestMessage.RequestUri.AbsolutePath);
        Assert.Equal(["0", "1", "2"], sent.Select(command => command.Path.Split('/')[3]));
        Assert.All(sent.Zip(sent.Skip(1)), pair => Assert.InRange(TimeProvider.System.GetElapsedTime(pair.First.Time, pair.Second.Time).TotalMilliseconds, 90, double.MaxValue));
        Assert.Equal(3, Regex.Count(page, "REPLAYED at "));
        Assert.Contains("3 of 3", page, StringComparison.Ordinal);
        Assert.Equal(4, console.Logged.Count(line => line.StartsWith($"Information: {Environment.UserName} ", StringComparison.Ordinal)));
        Assert.Contains("3 of 3 tried, 0 not done", await console.PageWithAsync("/deadletters", "Runs of replays"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OfWhatIsWrongOnceMore_ShowsThatItCameBack()
    {
        var system = Letters(1);
        await using var console = await ConsoleRun.StartAsync(new FakeSystem(), system);
        using var answer = await console.SubmitAsync("/deadletters", "/deadletters/runs", ("count", "1"));
        var page = await console.PageWithAsync("/deadletters/runs/1", "ENDED");
        Assert.Contains("<dt>Open now</dt><dd class=\"figure\">0</dd>", page, StringComparison.Ordinal);

        var back = ((JsonObject)system.Letters[0]).DeepClone();
        back["status"] = "OPEN";
        system.Letters[0] = back;

        page = await console.PageWithAsync("/deadletters/runs/1", "<dt>Open now</dt><dd class=\"figure\">1</dd>");
        Assert.Contains("REPLAYED at ", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhileAnotherGoesOn_IsNotBegun()
    {
        var system = Letters(3);
        using var held = new ManualResetEventSlim();
        system.OnCommand = (_, _) => held.Wait(TimeSpan.FromSeconds(20));
        await using var console = await ConsoleRun.StartAsync(new FakeSystem(), system);

        using var first = await console.SubmitAsync("/deadletters", "/deadletters/runs", ("count", "1"));
        using var second = await console.SubmitAsync("/deadletters", "/deadletters/runs", ("count", "1"));
        held.Set();

        Assert.Contains("Another run was not begun", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await console.PageWithAsync("/deadletters/runs/1", "ENDED");
        Assert.Equal(HttpStatusCode.NotFound, (await console.Http.GetAsync("/deadletters/runs/2")).StatusCode);
    }

    [Fact]
    public async Task Run_AppGoesDown_EndsAndSaysWhatWasNotTried()
    {
        var system = Letters(3);
        system.OnCommand = (path, _) =>
        {
            if (path.Contains("/1/", StringComparison.Ordinal)) throw new HttpRequestException("Connection reset");
        };
        await using var console = await ConsoleRun.StartAsync(new FakeSystem(), system);

        using var answer = await console.SubmitAsync("/deadletters", "/deadletters/runs", ("count", "100"));
        var page = await console.PageWithAsync("/deadletters/runs/1", "ENDED");

        Assert.Contains("It ended early. The rest was not tried: inventory-app does not answer: Connection reset", page, StringComparison.Ordinal);
        Assert.Contains("not known: ", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"quiet\">not tried</span>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OfACallerWhoMayOnlyRead_EndsWithTheFirst()
    {
        var system = Letters(3);
        system.Instead["/api/deadletters/0/replay"] = (HttpStatusCode.Forbidden, """{"code":"OPERATORS_ONLY","message":"Operators only."}""");
        await using var console = await ConsoleRun.StartAsync(new FakeSystem(), system);

        using var answer = await console.SubmitAsync("/deadletters", "/deadletters/runs", ("count", "3"));
        var page = await console.PageWithAsync("/deadletters/runs/1", "ENDED");

        Assert.Contains("Operators only. The console needs a token with the operator scope in ORDER_INVENTORY_TOKEN.", page, StringComparison.Ordinal);
        Assert.Contains("1 of 3", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_BehindAnEarlierOneOfAnotherReason_SaysSo()
    {
        var system = Letters(1);
        system.Letters.Add(FakeLetters.Of("first", "another reason", eventId: "e0", minute: -1));
        await using var console = await ConsoleRun.StartAsync(new FakeSystem(), system);
        var group = OrderInventory.Web.DeadLetters.LetterLoader.GroupOf(new("0", "inventory-deduction", null, null, null, "no quantity", 0, "OPEN", FakeSystem.Start, 0, null, true));

        using var answer = await console.SubmitAsync("/deadletters", "/deadletters/runs", ("group", group), ("count", "5"));
        var page = await console.PageWithAsync("/deadletters/runs/1", "ENDED");

        Assert.Contains("EARLIER_DEAD_LETTER", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/deadletters/first\">the earlier one", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OfAGroupThatIsGone_SaysSo()
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem(), Letters(1));

        using var answer = await console.SubmitAsync("/deadletters", "/deadletters/runs", ("group", "nothing"), ("count", "5"));

        await console.PageWithAsync("/deadletters/runs/1", "No open letter of this group that can be replayed is left.");
    }

    [Fact]
    public async Task Runs_OnlyTheLastAreRemembered()
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem(), Letters(1));

        for (var i = 1; i <= 21; i++)
        {
            using var answer = await console.SubmitAsync("/deadletters", "/deadletters/runs", ("group", "nothing"), ("count", "1"));
            await console.PageWithAsync($"/deadletters/runs/{i}", "ENDED");
        }

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), ((await console.Http.GetAsync("/deadletters/runs/1?again=1")).StatusCode, (await console.Http.GetAsync("/deadletters/runs/2")).StatusCode));
    }

    /// <summary>Open letters of one reason, each of its own key; 0 is the oldest.</summary>
    private static FakeSystem Letters(int count)
    {
        var system = new FakeSystem();
        for (var i = count - 1; i >= 0; i--) system.Letters.Add(FakeLetters.Of($"{i}", eventId: $"e{i}", key: count == 1 ? "k" : $"k{i}", minute: i));
        return system;
    }
}
