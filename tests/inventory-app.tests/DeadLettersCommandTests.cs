extern alias cli;

using System.CommandLine;
using System.Text.Json;
using cli::OrderInventory.DeadLetters;
using OrderInventory.Contracts;
using OrderInventory.Testing;
using OrderInventory.Testing.Access;

namespace InventoryApp.Tests;

/// <summary><c>order-inventory deadletters</c> against real servers; a second inventory-app stands for order-app, whose API of dead letters is the same.</summary>
public sealed class DeadLettersCommandTests : IDisposable
{
    private readonly InventoryApi _app = new();
    private readonly InventoryApi _other = new();
    private readonly DeadLetterDelivery _letters;
    private readonly DeadLetterDelivery _others;

    public DeadLettersCommandTests() => (_letters, _others) = (Start(_app), Start(_other));

    public void Dispose()
    {
        _app.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task List_OfBothApps_IsATableOrJsonLines()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("one", reason: "no [quantity]"));
        await _others.DeliverAsync(DeadLetterDelivery.Event("two"));
        await _letters.AskAsync("one", "replay");

        var (code, table, _) = await RunAsync("list");
        var (_, json, _) = await RunAsync("list", "--json");
        var (_, open, _) = await RunAsync("list", "--json", "--open");

        Assert.Equal(0, code);
        Assert.Contains("[quantity]", table.Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(["one", "two"], Lines(json).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("eventId").GetString()).Order());
        Assert.Equal("two", JsonDocument.Parse(Assert.Single(Lines(open))).RootElement.GetProperty("eventId").GetString());
    }

    [Fact]
    public async Task Show_ALetter_IsWhatItSays()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("one", """{"quantity":0}"""));

        var (code, text, _) = await RunAsync("show", await _letters.IdOfAsync("one"));
        var (missing, _, error) = await RunAsync("show", new string('0', 32));

        Assert.Equal((0, """{"quantity":0}"""), (code, JsonDocument.Parse(text).RootElement.GetProperty("body").GetString()));
        Assert.Equal((1, true), (missing, error.Contains("no dead letter", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ReplayAll_CutOff_GoesOnInTheOrderOfTheKeys()
    {
        for (var i = 0; i < 250; i++) await _letters.DeliverAsync(DeadLetterDelivery.Event($"{i:000}"), i % 2 == 0 ? "even" : "odd");
        await _others.DeliverAsync(DeadLetterDelivery.Event("other"));
        _app.State.BeforeSave = _ =>
        {
            if (_app.Events.Published.Count == 100) _app.Events.Down = true;
            return Task.CompletedTask;
        };

        var (cutOff, _, error) = await RunAsync("replay", "--all");
        _app.State.BeforeSave = _ => Task.CompletedTask;
        _app.Events.Down = false;
        var (code, _, _) = await RunAsync("replay", "--all");

        Assert.Equal((2, 0), (cutOff, code));
        Assert.Contains("goes on", error, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 250).Select(i => $"{i:000}"), _app.Events.Published.Select(published => published.Event.Id));
        Assert.Single(_other.Events.Published);
    }

    [Fact]
    public async Task Replay_BehindAnEarlierOne_IsRefusedUntilThatIsDismissed()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("one"));
        await _letters.DeliverAsync(DeadLetterDelivery.Event("two"));

        var (refused, _, errors) = await RunAsync("replay", await _letters.IdOfAsync("two"));
        var (dismissed, _, _) = await RunAsync("dismiss", await _letters.IdOfAsync("one"));
        var (replayed, output, _) = await RunAsync("replay", await _letters.IdOfAsync("two"));

        Assert.Equal((1, 0, 0), (refused, dismissed, replayed));
        Assert.Contains("EARLIER_DEAD_LETTER", errors, StringComparison.Ordinal);
        Assert.Contains("REPLAYED", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReplayAll_BehindOneThatCannotBeReplayed_IsNotHeldUp()
    {
        await _letters.DeliverAsync("nonsense");
        await _letters.DeliverAsync(DeadLetterDelivery.Event("two"));

        var (code, output, errors) = await RunAsync("replay", "--all");

        Assert.Equal(1, code);
        Assert.Contains("DEAD_LETTER_UNREADABLE", errors, StringComparison.Ordinal);
        Assert.Equal($"{await _letters.IdOfAsync("two")} is REPLAYED", Assert.Single(Lines(output)));
    }

    [Theory]
    [InlineData("unreadable,", "--unreadable")]
    [InlineData("a,b,", "--key", "apple")]
    [InlineData("b,", "--key", "apple", "--reason", "QUANTITY")]
    [InlineData("a,b,c,unreadable,", "--topic", "inventory-deduction")]
    [InlineData("", "--topic", "inventory-deduction-result")]
    public async Task DismissAll_WithFilters_TakesThoseForWhichAllHold(string dismissed, params string[] filters)
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("a", reason: "no product"), "apple");
        await _letters.DeliverAsync(DeadLetterDelivery.Event("b", reason: "the quantity is 0"), "apple");
        await _letters.DeliverAsync(DeadLetterDelivery.Event("c", reason: "the quantity is 0"), "pear");
        await _letters.DeliverAsync("nonsense", "pear");

        var (listed, list, _) = await RunAsync(["list", "--json", .. filters]);
        var (code, _, _) = await RunAsync(["dismiss", "--all", .. filters]);

        var letters = await _letters.ListAsync();
        Assert.Equal((0, 0), (listed, code));
        Assert.Equal(dismissed, string.Concat(letters.Where(letter => letter.GetProperty("status").GetString() == "DISMISSED").Select(NameOf).Order()));
        Assert.Equal(dismissed, string.Concat(Lines(list).Select(line => NameOf(JsonDocument.Parse(line).RootElement)).Order()));

        static string NameOf(JsonElement letter) => (letter.GetProperty("eventId").GetString() ?? "unreadable") + ",";
    }

    [Fact]
    public async Task Dismiss_Because_IsKept()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("one"));
        await _letters.DeliverAsync(DeadLetterDelivery.Event("two"));

        var (refused, _, errors) = await RunAsync("dismiss", await _letters.IdOfAsync("one"), "--because", "line\nbreak");
        var (code, _, _) = await RunAsync("dismiss", await _letters.IdOfAsync("one"), "--because", "withdrawn");
        var (all, _, _) = await RunAsync("dismiss", "--all", "--key", "k", "--because", "withdrawn, too");

        Assert.Equal((1, true, 0, 0), (refused, errors.Contains("without control characters", StringComparison.Ordinal), code, all));
        Assert.Equal(["withdrawn, too", "withdrawn"], (await _letters.ListAsync()).Select(letter => letter.GetProperty("dismissal").GetProperty("reason").GetString()));
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("replay", "--all", "x")]
    [InlineData("replay", "x", "--unreadable")]
    [InlineData("dismiss")]
    [InlineData("dismiss", "--all")]
    [InlineData("dismiss", "x", "--key", "k")]
    public async Task Run_NotClearWhichLetters_IsRefused(params string[] arguments) => Assert.Equal(2, (await RunAsync(arguments)).Code);

    [Fact]
    public async Task List_WithAuthentication_NeedsAnOperatorsToken()
    {
        var issuer = new TestIssuer();
        await using var guarded = new InventoryApi { Settings = issuer.Settings };
        guarded.UseKestrel();
        var address = guarded.CreateClient().BaseAddress!;

        var (refused, _, error) = await RunAsync(address, null, "list");
        var (code, _, _) = await RunAsync(address, issuer.Operator(), "list");

        Assert.Equal((2, 0), (refused, code));
        Assert.Contains("ORDER_INVENTORY_TOKEN", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_AppIsDown_Is2()
    {
        var (code, _, error) = await RunAsync(new Uri("http://127.0.0.1:1"), null, "list");

        Assert.Equal((2, true), (code, error.Contains("does not answer", StringComparison.Ordinal)));
    }

    private static DeadLetterDelivery Start(InventoryApi app)
    {
        app.UseKestrel();
        app.Events.TakesAnything = true;
        return new DeadLetterDelivery(app.CreateClient(), Topics.InventoryDeduction, InventoryApi.AppToken);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => RunAsync(_app.CreateClient().BaseAddress!, null, arguments);

    private async Task<(int Code, string Output, string Errors)> RunAsync(Uri inventory, string? token, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var command = DeadLettersCommand.Create(output, errors, name => name == "ORDER_INVENTORY_TOKEN" ? token : null);
        var orders = inventory == _app.CreateClient().BaseAddress ? _other.CreateClient().BaseAddress! : inventory;
        string[] all = ["deadletters", .. arguments, "--order-app", orders.ToString(), "--inventory-app", inventory.ToString()];
        return (await new RootCommand { command }.Parse(all).InvokeAsync(), output.ToString(), errors.ToString());
    }
}
