using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderApp.Domain;
using OrderInventory.Testing;

namespace OrderApp.Tests;

/// <summary>The rules of docs/idempotency.md on orders and their commands.</summary>
public sealed class IdempotencyTests : OrderApiTests
{
    [Fact]
    public async Task Place_QuotedAndBareKey_AreOneOrder()
    {
        var bare = await PlaceAsync("k1");
        var quoted = await PlaceAsync("\"k1\"");
        using var member = await Http.PostAsJsonAsync("/api/orders", new { userId = "u", productId = "p", quantity = 1, amount = 1, idempotencyKey = "\"k1\"" });

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.Created], new[] { bare, quoted, member }.Select(answer => answer.StatusCode));
        Assert.Equal((false, true, true), (IsReplay(bare), IsReplay(quoted), IsReplay(member)));
        Assert.Equal(bare.Headers.Location, quoted.Headers.Location);
        Assert.Single(App.State.Values("order:"));
        Assert.Equal("k1", (await DataAsync(quoted)).GetProperty("idempotencyKey").GetString());
        var listed = (await Http.GetFromJsonAsync<JsonElement>("/api/orders?userId=u&idempotencyKey=%22k1%22")).GetProperty("data");
        Assert.Equal(1, listed.GetArrayLength());
    }

    [Fact]
    public async Task Place_LongestKey_IsReplayed()
    {
        var key = new string('~', 255);
        await PlaceAsync(key, user: new string('é', 80));

        Assert.True(IsReplay(await PlaceAsync(key, user: new string('é', 80))));
        Assert.Single(App.State.Values("order:"));
    }

    [Theory]
    [InlineData("k1", "k1")]
    [InlineData("k1", "k2")]
    public async Task Place_HeaderGivenTwice_Is400(params string[] keys)
    {
        using var request = Request(null);
        foreach (var key in keys) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);

        await AssertInvalidAsync(await Http.SendAsync(request));
    }

    [Theory]
    [InlineData("k1, k1")]
    [InlineData("\"k1")]
    public async Task Place_NoKey_Is400(string key) => await AssertInvalidAsync(await PlaceAsync(key));

    [Fact]
    public async Task Place_HeaderAndBodyDiffer_Is400()
    {
        using var request = Request("k1", new { userId = "u", productId = "p", quantity = 1, amount = 1, idempotencyKey = "k2" });

        await AssertInvalidAsync(await Http.SendAsync(request));
    }

    // As bytes: a client of .NET does not send them, and a server may refuse them before the app sees them.
    [Theory]
    [InlineData("k\u00FC")]
    [InlineData("\u00C3\u00BC")]
    [InlineData("")]
    public async Task Place_HeaderEmptyOrNotAscii_IsAProblem(string latin1)
    {
        const string Body = """{"userId":"u","productId":"p","quantity":1,"amount":1}""";
        await using var app = await OrderApi.StartAsync();
        app.UseKestrel();
        using var http = app.CreateClient();

        var answer = await RawRequest.SendAsync(http.BaseAddress!, $"POST /api/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\nConnection: close\r\nIdempotency-Key: {latin1}\r\n\r\n{Body}");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("VALIDATION_FAILED", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Place_Refused_DoesNotUseTheKeyUp()
    {
        using var refused = await Http.SendAsync(Request("k1", new { userId = "u", productId = "p", quantity = 0, amount = 1 }));
        var placed = await PlaceAsync("k1");

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Created, false), (refused.StatusCode, placed.StatusCode, IsReplay(placed)));
    }

    [Fact]
    public async Task Place_NullAndAbsentAndOtherOrder_AreTheSameContent()
    {
        await PlaceAsync("k1");

        using var again = await SendAsync("""{"amount":1.00,"quantity":1,"remark":null,"productId":"p","userId":"u"}""");

        Assert.True(IsReplay(again));

        async Task<HttpResponseMessage> SendAsync(string body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Add("Idempotency-Key", "k1");
            return await Http.SendAsync(request);
        }
    }

    [Fact]
    public async Task KeysAreDemanded_RequestWithout_Is400WithALink()
    {
        await using var app = await OrderApi.StartAsync(settings: new() { ["Orders:RequireIdempotencyKey"] = "true" });
        using var http = app.CreateClient();

        foreach (var path in new[] { "/api/orders", $"/api/orders/{OrderIds.Of("u", "k")}/cancel" })
        {
            using var refused = await http.PostAsJsonAsync(path, path == "/api/orders" ? new { userId = "u", productId = "p", quantity = 1, amount = 1 } : (object)new { reason = "r" });
            await AssertInvalidAsync(refused);
            var link = Assert.Single(refused.Headers.GetValues("Link"));
            Assert.Contains("rel=\"describedby\"", link, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(link[1..link.IndexOf('>', StringComparison.Ordinal)])).StatusCode);
        }
    }

    [Fact]
    public async Task Command_SameKey_IsReplayedAlsoWhenTheOrderHasGoneOn()
    {
        var id = await ConfirmedAsync();
        var paid = await CommandAsync(id, "pay", "\"p1\"", "cash");
        await App.BringAsync(id, OrderCommand.Refund);

        var again = await CommandAsync(id, "pay", "p1", "cash");
        var without = await CommandAsync(id, "pay", null, "cash");

        Assert.Equal((HttpStatusCode.OK, false), (paid.StatusCode, IsReplay(paid)));
        Assert.Equal((HttpStatusCode.OK, true), (again.StatusCode, IsReplay(again)));
        Assert.Equal("REFUNDED", (await DataAsync(again)).GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.Conflict, without.StatusCode);
    }

    [Fact]
    public async Task Command_SameKeyOtherContent_Is422AndChangesNothing()
    {
        var id = await ConfirmedAsync();
        await CommandAsync(id, "pay", "p1", "cash");

        var other = await CommandAsync(id, "pay", "p1", "card");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", (await other.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Equal("cash", (await DataAsync(await Http.GetAsync("/api/orders/" + id))).GetProperty("statusReason").GetString());
    }

    [Fact]
    public async Task Command_OneKeyForTwoCommands_IsTwoKeys()
    {
        var id = await ConfirmedAsync();

        await CommandAsync(id, "pay", "k", null);
        var shipping = await CommandAsync(id, "ship", "k", null);

        Assert.Equal((HttpStatusCode.Accepted, false), (shipping.StatusCode, IsReplay(shipping)));
    }

    [Fact]
    public async Task Command_UnderWay_IsJoined()
    {
        var id = await ConfirmedAsync();
        var first = await CommandAsync(id, "cancel", "c1", "late");

        var second = await CommandAsync(id, "cancel", "c1", "late");
        var other = await CommandAsync(id, "cancel", "c1", "early");

        Assert.Equal((HttpStatusCode.Accepted, false), (first.StatusCode, IsReplay(first)));
        Assert.Equal((HttpStatusCode.Accepted, true), (second.StatusCode, IsReplay(second)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    [Fact]
    public async Task Command_Refused_DoesNotUseTheKeyUp()
    {
        var id = (await DataAsync(await PlaceAsync("k1"))).GetProperty("id").GetString()!;
        var early = await CommandAsync(id, "pay", "p1", "cash");
        await App.BringAsync(id, OrderCommand.Confirm);

        var paid = await CommandAsync(id, "pay", "p1", "card");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.OK, false), (early.StatusCode, paid.StatusCode, IsReplay(paid)));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("p1,p1")]
    public async Task Command_NoKey_Is400(string key)
    {
        var id = await ConfirmedAsync();

        await AssertInvalidAsync(await CommandAsync(id, "pay", key, null));

        Assert.Equal("CONFIRMED", (await DataAsync(await Http.GetAsync("/api/orders/" + id))).GetProperty("status").GetString());
    }

    private async Task<string> ConfirmedAsync()
    {
        var id = (await DataAsync(await PlaceAsync("k1"))).GetProperty("id").GetString()!;
        await App.BringAsync(id, OrderCommand.Confirm);
        return id;
    }

    private Task<HttpResponseMessage> PlaceAsync(string key, string user = "u") => Http.SendAsync(Request(key, new { userId = user, productId = "p", quantity = 1, amount = 1 }));

    private Task<HttpResponseMessage> CommandAsync(string id, string command, string? key, string? reason)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/orders/{id}/{command}") { Content = JsonContent.Create(new { reason }) };
        request.Headers.TryAddWithoutValidation("Prefer", "respond-async");
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return Http.SendAsync(request);
    }

    private static HttpRequestMessage Request(string? key, object? body = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = JsonContent.Create(body ?? new { userId = "u", productId = "p", quantity = 1, amount = 1 }) };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return request;
    }

    private static bool IsReplay(HttpResponseMessage answer) =>
        (answer.Headers.Contains("Idempotency-Replayed"), answer.Headers.Contains("Idempotent-Replayed")) switch
        {
            (true, true) => true,
            (false, false) => false,
            _ => throw new InvalidOperationException("Only one of the two headers is there."),
        };

    private static async Task<JsonElement> DataAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");

    private static async Task AssertInvalidAsync(HttpResponseMessage answer)
    {
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal("idempotencyKey", Assert.Single((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject()).Name);
    }
}
