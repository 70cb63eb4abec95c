using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderInventory.Contracts;
using OrderInventory.Testing;
using OrderInventory.Testing.Access;

namespace InventoryApp.Tests;

/// <summary>Dead letters: whatever comes is kept once, and replayed in the order of its key.</summary>
public sealed class DeadLetterTests : IDisposable
{
    private readonly InventoryApi _app = new();
    private readonly HttpClient _http;
    private readonly DeadLetterDelivery _letters;
    private readonly MetricProbe _metrics;

    public DeadLetterTests()
    {
        _app.Events.TakesAnything = true;
        _http = _app.CreateClient();
        _letters = new DeadLetterDelivery(_http, Topics.InventoryDeduction, InventoryApi.AppToken);
        _metrics = new MetricProbe(_app.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
    }

    public static TheoryData<string, string?> Records { get; } = new()
    {
        { DeadLetterDelivery.Event("e"), "e" },
        { """{"id":"e","data":"text"}""", "e" },
        { """{"id":"e"}""", "e" },
        { """{"id":""}""", null },
        { """{"id":7,"data":{}}""", null },
        { """{"id":"\ud800"}""", null },
        { """["id"]""", null },
        { "null", null },
        { "nonsense", null },
        { "\0\u0001", null },
        { "", null },
        { new string('[', 100_000), null },
    };

    public void Dispose()
    {
        _metrics.Dispose();
        _http.Dispose();
        _app.Dispose();
    }

    [Theory]
    [MemberData(nameof(Records))]
    public async Task Deliver_Anything_IsKept(string record, string? eventId)
    {
        var status = await _letters.DeliverAsync(record);

        var letter = Assert.Single(await _letters.ListAsync());
        Assert.Equal((200, eventId, "k", "OPEN"), (status, letter.GetProperty("eventId").GetString(), letter.GetProperty("key").GetString(), letter.GetProperty("status").GetString()));
        Assert.Equal(Encoding.UTF8.GetByteCount(record), letter.GetProperty("size").GetInt32());
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("""{"id":"e","data":1}""")]
    [InlineData("""{"data_base64":"?"}""")]
    [InlineData("""{"data_base64":"\ud800"}""")]
    public async Task Deliver_NotARawEnvelope_IsKeptAsItIs(string body)
    {
        Assert.Equal(200, await _letters.SendAsync(Encoding.UTF8.GetBytes(body), null, null));

        Assert.Single(await _letters.ListAsync());
    }

    [Fact]
    public async Task Deliver_LargerThanIsKept_CanOnlyBeDismissed()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e", $"\"{new string('x', 100_000)}\""));

        var details = (await _http.GetFromJsonAsync<JsonElement>("/api/deadletters/" + await _letters.IdOfAsync("e"))).GetProperty("data");
        Assert.Equal(64 * 1024, details.GetProperty("body").GetString()!.Length);
        Assert.False(details.GetProperty("canReplay").GetBoolean());
        Assert.Equal("DEAD_LETTER_UNREADABLE", (string?)(await _letters.AskForAsync("e", "replay"))["code"]);
        Assert.Equal("DISMISSED", (string?)(await _letters.AskForAsync("e", "dismiss"))["data"]!["status"]);
    }

    [Fact]
    public async Task Deliver_TheSameRecordAgain_IsOneLetterCountedOnce()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e"), offset: 1);
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e"), offset: 1);
        await _letters.DeliverAsync("nonsense", offset: 2);
        await _letters.DeliverAsync("nonsense", offset: 2);

        Assert.Equal(2, (await _letters.ListAsync()).Length);
        Assert.Equal(2, _metrics.Sum("messages.dead_letters.recorded.total", ("topic", "inventory-deduction")));
    }

    [Theory]
    [InlineData(SaveFault.AppliedButUnknown)]
    [InlineData(SaveFault.NotApplied)]
    public async Task Deliver_SaveNotAcknowledged_IsOneLetterInTheEnd(SaveFault fault)
    {
        var failed = new HashSet<string>();
        _app.State.FaultOf = save => failed.Add(save.Key) ? fault : SaveFault.None;

        await Eventually.GetAsync(() => _letters.DeliverAsync(DeadLetterDelivery.Event("e"), offset: 1), status => status == 200, TimeSpan.FromSeconds(30), "the letter is accepted");

        Assert.Single(await _letters.ListAsync());
    }

    [Fact]
    public async Task Deliver_StoreDown_IsAskedForAgain()
    {
        _app.State.Unreadable = true;

        Assert.Equal(503, await _letters.DeliverAsync(DeadLetterDelivery.Event("e")));
    }

    [Fact]
    public async Task Get_ALetter_ShowsWhyAndWhatItSays()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e", """{"quantity":0}""", "quantity is out of range"));

        var details = (await _http.GetFromJsonAsync<JsonElement>("/api/deadletters/" + await _letters.IdOfAsync("e"))).GetProperty("data");

        Assert.Equal(("""{"quantity":0}""", "quantity is out of range", "inventory-deduction"),
            (details.GetProperty("body").GetString(), details.GetProperty("letter").GetProperty("reason").GetString(), details.GetProperty("letter").GetProperty("topic").GetString()));
    }

    [Fact]
    public async Task Replay_ALetter_PublishesWhatItWasOnce()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e", """{"big":12345678901234567890.10}"""));

        var first = await _letters.AskAsync("e", "replay");
        var second = await _letters.AskAsync("e", "replay");

        var (topic, published) = Assert.Single(_app.Events.Published);
        Assert.Equal(("inventory-deduction", "e", "k", "T", """{"big":12345678901234567890.10}"""), (topic, published.Id, published.Key, published.Type, Encoding.UTF8.GetString(published.Data.Span)));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, true), (first.StatusCode, second.StatusCode, second.Headers.Contains("Idempotency-Replayed")));
        var letter = Assert.Single(await _letters.ListAsync());
        Assert.Equal(("REPLAYED", 1), (letter.GetProperty("status").GetString(), letter.GetProperty("replays").GetInt32()));
        Assert.Equal(1, _metrics.Sum("messages.dead_letters.replayed.total", ("topic", "inventory-deduction")));
    }

    [Fact]
    public async Task Replay_LettersOfOneKey_OnlyInTheirOrder()
    {
        foreach (var id in new[] { "1", "2", "3" }) await _letters.DeliverAsync(DeadLetterDelivery.Event(id));
        await _letters.DeliverAsync(DeadLetterDelivery.Event("other"), "other key");

        var refused = await _letters.AskForAsync("3", "replay");
        await _letters.AskAsync("other", "replay");
        await _letters.AskAsync("1", "replay");
        await _letters.AskAsync("2", "dismiss");
        await _letters.AskAsync("3", "replay");

        Assert.Equal(("EARLIER_DEAD_LETTER", await _letters.IdOfAsync("1")), ((string?)refused["code"], (string?)refused["earlier"]));
        Assert.Equal(["other", "1", "3"], _app.Events.Published.Select(published => published.Event.Id));
    }

    [Fact]
    public async Task Replay_FarBehindTheFirstOfItsKey_IsRefused()
    {
        for (var i = 0; i < 230; i++) await _letters.DeliverAsync(DeadLetterDelivery.Event(i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var first = (await _http.GetFromJsonAsync<JsonElement>("/api/deadletters?cursor=1")).GetProperty("data")[0].GetProperty("id").GetString();

        Assert.Equal(first, (string?)(await _letters.AskForAsync("229", "replay"))["earlier"]);
    }

    [Fact]
    public async Task Replay_AMessageThatComesBack_IsOpenAgain()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e"), offset: 1);
        await _letters.AskAsync("e", "replay");
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e"), offset: 1);
        Assert.Equal("REPLAYED", (await _letters.ListAsync()).Single().GetProperty("status").GetString());

        await _letters.DeliverAsync(DeadLetterDelivery.Event("e", reason: "still wrong"), offset: 2);

        var letter = Assert.Single(await _letters.ListAsync());
        Assert.Equal(("OPEN", "still wrong", 1), (letter.GetProperty("status").GetString(), letter.GetProperty("reason").GetString(), letter.GetProperty("replays").GetInt32()));
    }

    [Fact]
    public async Task Replay_AMessageThatIsBackBeforeItIsNoted_StaysOpen()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e"), offset: 1);
        var isBack = false;
        _app.State.BeforeSave = async _ =>
        {
            if (isBack) return;
            isBack = true;
            await _letters.DeliverAsync(DeadLetterDelivery.Event("e"), offset: 2);
        };

        await _letters.AskAsync("e", "replay");

        var letter = Assert.Single(await _letters.ListAsync());
        Assert.Equal(("OPEN", 1), (letter.GetProperty("status").GetString(), letter.GetProperty("replays").GetInt32()));
    }

    [Fact]
    public async Task Replay_BrokerDown_StaysOpenAndCanBeRepeated()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e"));
        _app.Events.Down = true;
        var down = await _letters.AskAsync("e", "replay");
        _app.Events.Down = false;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, down.StatusCode);
        Assert.Equal("REPLAYED", (string?)(await _letters.AskForAsync("e", "replay"))["data"]!["status"]);
    }

    [Fact]
    public async Task Dismiss_IsFinalAndIdempotent()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e"));

        var first = await _letters.AskAsync("e", "dismiss");
        var second = await _letters.AskAsync("e", "dismiss");
        var replay = await _letters.AskForAsync("e", "replay");

        Assert.Equal((false, true), (first.Headers.Contains("Idempotency-Replayed"), second.Headers.Contains("Idempotency-Replayed")));
        Assert.Equal(("DEAD_LETTER_SETTLED", "DISMISSED"), ((string?)replay["code"], (string?)replay["currentStatus"]));
        Assert.Empty(_app.Events.Published);
    }

    [Fact]
    public async Task Dismiss_WithAReason_KeepsTheFirst()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e"), offset: 1);
        var reason = string.Concat(Enumerable.Repeat("😀", 500));

        var first = await DismissAsync("e", new { reason });
        var second = await DismissAsync("e", new { reason = "another one" });

        Assert.Equal((HttpStatusCode.OK, false, HttpStatusCode.OK, true), (first.StatusCode, first.Headers.Contains("Idempotency-Replayed"), second.StatusCode, second.Headers.Contains("Idempotency-Replayed")));
        var shown = (await _http.GetFromJsonAsync<JsonElement>("/api/deadletters/" + await _letters.IdOfAsync("e"))).GetProperty("data").GetProperty("letter").GetProperty("dismissal");
        Assert.Equal((reason, null, true), (shown.GetProperty("reason").GetString(), shown.GetProperty("by").GetString(), shown.GetProperty("time").GetDateTimeOffset() > DateTimeOffset.UnixEpoch));
        Assert.Equal(shown.ToString(), (await second.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("dismissal").ToString());
    }

    [Fact]
    public async Task Dismiss_WithoutABody_HasATimeAndNoReason()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e"), offset: 1);
        Assert.Equal(JsonValueKind.Null, Assert.Single(await _letters.ListAsync()).GetProperty("dismissal").ValueKind);

        await _letters.AskAsync("e", "dismiss");
        var dismissal = Assert.Single(await _letters.ListAsync()).GetProperty("dismissal");
        Assert.Equal((JsonValueKind.Null, JsonValueKind.String), (dismissal.GetProperty("reason").ValueKind, dismissal.GetProperty("time").ValueKind));

        // It came back: nobody has dismissed this one.
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e"), offset: 2);
        Assert.Equal(JsonValueKind.Null, Assert.Single(await _letters.ListAsync()).GetProperty("dismissal").ValueKind);
    }

    [Theory]
    [InlineData("""{"reason":""}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"reason":"a\nb"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"reason":" "}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"reason":7}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"because":"x"}""", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.OK)]
    [InlineData("""{"reason":null}""", HttpStatusCode.OK)]
    public async Task Dismiss_BodyThatIsWrong_IsRefused(string body, HttpStatusCode status)
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e"));

        using var answer = await _http.PostAsync($"/api/deadletters/{await _letters.IdOfAsync("e")}/dismiss", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK ? "DISMISSED" : "OPEN", Assert.Single(await _letters.ListAsync()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Dismiss_ReasonThatIsTooLong_IsRefused()
    {
        await _letters.DeliverAsync(DeadLetterDelivery.Event("e"));

        Assert.Equal(HttpStatusCode.BadRequest, (await DismissAsync("e", new { reason = new string('x', 501) })).StatusCode);
    }

    [Fact]
    public async Task Dismiss_WithAuthentication_KeepsWhoItWas()
    {
        var issuer = new TestIssuer();
        await using var guarded = new InventoryApi { Settings = issuer.Settings };
        using var http = guarded.CreateClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", issuer.Operator("ann"));
        var letters = new DeadLetterDelivery(http, Topics.InventoryDeduction, InventoryApi.AppToken);
        await letters.DeliverAsync(DeadLetterDelivery.Event("e"));

        var answer = await letters.AskForAsync("e", "dismiss");

        Assert.Equal("ann", (string?)answer["data"]!["dismissal"]!["by"]);
    }

    [Fact]
    public async Task List_PageByPage_HasEveryLetterOnce()
    {
        for (var i = 0; i < 5; i++) await _letters.DeliverAsync(DeadLetterDelivery.Event(i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var found = new List<string?>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await _http.GetFromJsonAsync<JsonElement>("/api/deadletters?limit=2" + cursor);
            found.AddRange(page.GetProperty("data").EnumerateArray().Select(letter => letter.GetProperty("eventId").GetString()));
            cursor = page.GetProperty("nextCursor").GetString() is { } next ? "&cursor=" + next : null;
        }

        Assert.Equal(["4", "3", "2", "1", "0"], found);
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=201")]
    [InlineData("?limit=x")]
    [InlineData("?cursor=x")]
    public async Task List_BadParameter_Is400(string query) => Assert.Equal(HttpStatusCode.BadRequest, (await _http.GetAsync("/api/deadletters" + query)).StatusCode);

    private async Task<HttpResponseMessage> DismissAsync(string eventId, object body) => await _http.PostAsJsonAsync($"/api/deadletters/{await _letters.IdOfAsync(eventId)}/dismiss", body);
}
