using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderApp.Domain;

namespace OrderApp.Tests;

public sealed class OptionsTests
{
    private static object Body => new { userId = "u", productId = "p", quantity = 1, amount = 1 };

    [Theory]
    [InlineData("Orders:PaymentDeadline", "30", "write 00:00:00 to 7.00:00:00")]
    [InlineData("Orders:PaymentDeadline", "-00:01:00", "write 00:00:00 to 7.00:00:00")]
    [InlineData("Orders:PaymentDeadline", "soon", "soon")]
    [InlineData("Orders:GroupsInFlight", "0", "write 1 to 64")]
    [InlineData("Orders:StuckAfter", "00:00:01", "write 00:00:10 to 1.00:00:00")]
    [InlineData("Orders:ReadCache", "01:00:00", "write 00:00:00 to 00:01:00")]
    [InlineData("Orders:RefundWindow", "400", "write 00:00:00 to 366.00:00:00")]
    [InlineData("Orders:PaymentDeadlin", "00:30:00", "PaymentDeadlin")]
    [InlineData("Http:MaxConcurrentRequests", "0", "1 to 100000")]
    [InlineData("METRICS_PORT", "70000", "METRICS_PORT is '70000'; write 1 to 65535")]
    [InlineData("Http:RequestsPerMinute", "-1", "0 to 10000000 requests a minute; 0 is no limit")]
    [InlineData("Http:RequestsPerMinut", "1", "there are Http:RequestsPerMinute, Http:MaxConcurrentRequests")]
    [InlineData("APP_PORT", "http", "APP_PORT is 'http'; write 1 to 65535")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "begins with http:// or https://")]
    [InlineData("OTEL_TRACES_SAMPLER", "sometimes", "one of always_on, always_off")]
    [InlineData("Logging:LogLevel:Default", "Loud", "one of Trace, Debug")]
    [InlineData("Authentication:Audience", "a", "nothing says whose tokens are good")]
    public async Task Start_BadSetting_StopsAndNamesIt(string name, string value, string message)
    {
        await using var app = await OrderApi.StartAsync(settings: new() { [name] = value });

        var error = Assert.ThrowsAny<Exception>(() => app.CreateClient());

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_WithoutKeyInStrictMode_Is400()
    {
        await using var app = await OrderApi.StartAsync(settings: new() { ["Orders:RequireIdempotencyKey"] = "true" });
        var http = app.CreateClient();

        var refused = await http.PostAsJsonAsync("/api/orders", Body);
        http.DefaultRequestHeaders.Add("Idempotency-Key", "k");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.True((await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty("idempotencyKey", out _));
        Assert.Equal(HttpStatusCode.Created, (await http.PostAsJsonAsync("/api/orders", Body)).StatusCode);
    }

    [Fact]
    public async Task Get_WithReadCache_ShowsWhatItRemembersUntilItWrites()
    {
        await using var app = await OrderApi.StartAsync(settings: new() { ["Orders:ReadCache"] = "00:00:30" });
        var http = app.CreateClient();
        var missing = await http.GetAsync("/api/orders/0198aaaa-0000-7000-8000-000000000000");
        var address = (await http.PostAsJsonAsync("/api/orders", Body)).Headers.Location!;
        var first = await http.GetAsync(address);
        await app.BringAsync(address.ToString()[12..], OrderCommand.Confirm);

        var remembered = await http.GetAsync(address);
        // A cache that holds an order must not hide that the store is down from whoever decides.
        app.State.Unreadable = true;

        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal(("\"1\"", "\"1\""), (first.Headers.ETag?.Tag, remembered.Headers.ETag?.Tag));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(address)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.PostAsync(address + "/pay", null)).StatusCode);
    }

    [Fact]
    public async Task Request_MoreAtOnceThanAllowed_IsShedAtOnce()
    {
        await using var app = await OrderApi.StartAsync(settings: new() { ["Http:MaxConcurrentRequests"] = "4" });
        var http = app.CreateClient();
        var open = new TaskCompletionSource();
        app.State.BeforeSave = _ => open.Task;
        // One more than are let in: it alone is answered while the others wait.
        var requests = Enumerable.Range(0, 5).Select(_ => http.PostAsJsonAsync("/api/orders", Body)).ToList();
        var answered = await Task.WhenAny(requests).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);

        var shed = await answered;
        var other = await http.GetAsync("/api/orders?userId=u");
        open.SetResult();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (shed.StatusCode, shed.Headers.RetryAfter is not null));
        Assert.Equal("OVERLOADED", (await shed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.All(await Task.WhenAll(requests.Where(request => request != answered)), answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
    }

    [Fact]
    public async Task Post_PreferWait_AnswersWhenTheOutcomeIsKnown()
    {
        await using var app = await OrderApi.StartAsync();
        var http = app.CreateClient();
        http.DefaultRequestHeaders.Add("Prefer", "wait=30");

        var answering = http.PostAsJsonAsync("/api/orders", Body);
        await OrderInventory.Testing.Eventually.GetAsync(() => Task.FromResult(app.Workflows.Started.Count), count => count == 1, TimeSpan.FromSeconds(30), "the order is accepted");
        await app.BringAsync(app.State.Values("order:").Single().Key["order:".Length..], OrderCommand.Cancel);
        var answer = await answering;

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("CANCELLED", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("status").GetString());
        Assert.Equal("wait=30", answer.Headers.GetValues("Preference-Applied").Single());
    }

    [Theory]
    [InlineData("wait=0")]
    [InlineData("wait=1")]
    [InlineData("wait=x")]
    [InlineData("return=minimal")]
    public async Task Post_PreferWaitIsOver_AnswersWithThePendingOrder(string prefer)
    {
        await using var app = await OrderApi.StartAsync();
        var http = app.CreateClient();
        http.DefaultRequestHeaders.Add("Prefer", prefer);

        var answer = await http.PostAsJsonAsync("/api/orders", Body);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("PENDING", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Post_1000AtOnceWith50Keys_Place50Orders()
    {
        await using var app = await OrderApi.StartAsync(settings: new() { ["Http:MaxConcurrentRequests"] = "2000" });
        var http = app.CreateClient();

        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = JsonContent.Create(Body) };
            request.Headers.Add("Idempotency-Key", "k" + (i % 50));
            return http.SendAsync(request);
        }));

        Assert.Equal((1_000, 950), (answers.Count(answer => answer.StatusCode == HttpStatusCode.Created), answers.Count(answer => answer.Headers.Contains("Idempotency-Replayed"))));
        Assert.Equal(50, app.State.Values("order:").Count);
        Assert.InRange(app.Workflows.Started.Count, 1, 50);
    }
}
