using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using OrderApp.Domain;
using OrderInventory.Contracts;
using OrderInventory.Testing;
using OrderInventory.Testing.Access;

namespace OrderApp.Tests;

/// <summary>docs/api.md and the OpenAPI document say what the app answers.</summary>
public sealed class ApiDocumentTests
{
    private const string AnyOrder = "0198aaaa-0000-7000-8000-000000000000";

    private static readonly TestIssuer Issuer = new();

    private static readonly Dictionary<string, Func<OrderApi, Task<HttpResponseMessage>>> Provocations = new()
    {
        ["400 VALIDATION_FAILED"] = app => app.CreateClient().PostAsync("/api/orders", Json("""{"userId":"u","productId":"p","quantity":0,"amount":1}""")),
        ["401 UNAUTHORIZED"] = app => app.CreateClient().GetAsync("/dapr/subscribe"),
        ["401 TOKEN_REQUIRED"] = app => app.CreateClient().GetAsync("/api/orders"),
        ["403 NOT_YOUR_USER"] = app =>
        {
            var request = Post("""{"userId":"v","productId":"p","quantity":1,"amount":1}""");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Issuer.Token("u"));
            return app.CreateClient().SendAsync(request);
        },
        ["403 NOT_FOR_OTHER_APPS"] = app => Elsewhere.GetAsync(app.Server, "/dapr/subscribe", null, ("dapr-caller-app-id", "other")),
        ["403 OPERATORS_ONLY"] = app => Elsewhere.GetAsync(app.Server, "/api/orders/stuck"),
        ["404 ORDER_NOT_FOUND"] = app => app.CreateClient().GetAsync("/api/orders/" + AnyOrder),
        ["404 NOT_FOUND"] = app => app.CreateClient().GetAsync("/nothing"),
        ["405 METHOD_NOT_ALLOWED"] = app => app.CreateClient().DeleteAsync("/api/orders/" + AnyOrder),
        ["409 ILLEGAL_TRANSITION"] = async app => await app.CreateClient().PostAsync($"/api/orders/{await PlaceAsync(app)}/ship", null),
        ["409 ALREADY_PAID"] = async app =>
        {
            var id = await PlaceAsync(app);
            foreach (var command in new[] { OrderCommand.Confirm, OrderCommand.Pay }) await app.BringAsync(id, command);
            return await app.CreateClient().PostAsync($"/api/orders/{id}/pay", Json("""{"paymentId":"payment-2"}"""));
        },
        ["409 TOO_MANY_PAYMENTS"] = async app =>
        {
            var id = await PlaceAsync(app);
            await app.BringAsync(id, OrderCommand.Cancel);
            for (var i = 0; i < OrderRules.MaxPayments; i++) (await app.CreateClient().PostAsync($"/api/orders/{id}/pay", Json($$"""{"paymentId":"late-{{i}}"}"""))).EnsureSuccessStatusCode().Dispose();
            return await app.CreateClient().PostAsync($"/api/orders/{id}/pay", Json("""{"paymentId":"one-more"}"""));
        },
        ["422 AMOUNT_MISMATCH"] = async app =>
        {
            var id = await PlaceAsync(app);
            await app.BringAsync(id, OrderCommand.Confirm);
            return await app.CreateClient().PostAsync($"/api/orders/{id}/pay", Json("""{"paymentId":"payment-1","amount":2}"""));
        },
        ["409 REFUND_WINDOW_CLOSED"] = RefundTooLateAsync,
        ["413 BODY_TOO_LARGE"] = app => app.CreateClient().PostAsync("/api/orders", Json($$"""{"remark":"{{new string('x', 1_100_000)}}"}""")),
        ["400 BAD_PATH"] = app => app.CreateClient().GetAsync("/api/orders/a%2Fb"),
        ["400 BAD_QUERY"] = app => app.CreateClient().GetAsync("/api/orders?userId=%ff"),
        ["400 BAD_REQUEST"] = app => app.CreateClient().GetAsync("/api/orders/%00"),
        ["415 UNSUPPORTED_CONTENT_ENCODING"] = app =>
        {
            var content = new StringContent("x");
            content.Headers.ContentEncoding.Add("gzip");
            return app.CreateClient().PostAsync("/api/orders", content);
        },
        ["415 UNSUPPORTED_MEDIA_TYPE"] = app => app.CreateClient().PostAsync("/api/orders", new StringContent("x")),
        ["422 IDEMPOTENCY_KEY_REUSED"] = async app =>
        {
            await PlaceAsync(app);
            return await app.CreateClient().SendAsync(Post("""{"userId":"u","productId":"p","quantity":2,"amount":1}"""));
        },
        ["429 TOO_MANY_REQUESTS"] = async app =>
        {
            for (var i = 0; i < 2; i++) (await Elsewhere.GetAsync(app.Server, "/api/orders")).Dispose();
            return await Elsewhere.GetAsync(app.Server, "/api/orders");
        },
        ["500 INTERNAL_ERROR"] = app =>
        {
            app.State.BeforeSave = _ => throw new InvalidOperationException("A defect, with details that nobody outside may see.");
            return app.CreateClient().SendAsync(Post(Body));
        },
        ["503 UNAVAILABLE"] = app =>
        {
            app.State.Unreadable = true;
            return app.CreateClient().GetAsync("/api/orders/" + AnyOrder);
        },
        ["503 OVERLOADED"] = OverloadAsync,
    };

    private const string Body = """{"userId":"u","productId":"p","quantity":1,"amount":1}""";

    [Fact]
    public async Task Errors_InTheDocument_AreAnsweredExactlyLikeThis()
    {
        var documented = DocumentedErrors.Of("order-app");
        using var none = new HttpClient();
        Assert.Equal([.. Provocations.Keys.Concat(Letters(none).Provocations.Keys).Order()], documented.Keys.Order());

        foreach (var (heading, expected) in documented)
        {
            var settings = heading is "401 TOKEN_REQUIRED" or "403 NOT_YOUR_USER" ? Issuer.Settings : [];
            settings["Http:MaxConcurrentRequests"] = "4";
            settings["Http:RequestsPerMinute"] = "2";
            await using var app = await OrderApi.StartAsync(frozen: true, settings: settings);
            app.Events.TakesAnything = heading.Contains("DEAD_LETTER", StringComparison.Ordinal);
            // A real server where the test server lacks a limit or an address.
            if (heading is "400 BAD_PATH" or "400 BAD_QUERY" or "400 BAD_REQUEST" or "413 BODY_TOO_LARGE") app.UseKestrel();
            using var http = app.CreateClient();
            using var answer = await (Letters(http).Provocations.TryGetValue(heading, out var provoke) ? provoke() : Provocations[heading](app));

            Assert.Null(await DocumentedErrors.DifferenceAsync(heading, expected, answer));
        }
    }

    [Fact]
    public async Task OpenApi_OfThisVersion_IsTheOneUnderControl()
    {
        await using var app = await OrderApi.StartAsync();
        using var http = app.CreateClient();
        // As dapr.yaml runs it.
        http.BaseAddress = new Uri("http://localhost:5101");
        var document = (await http.GetFromJsonAsync<JsonObject>("/openapi/v1.json"))!;

        Assert.Null(await Snapshot.DifferenceAsync("docs/openapi/order-app.json", document));
    }

    [Fact]
    public async Task Access_OfEveryRoute_IsInTheDocument()
    {
        await using var app = await OrderApi.StartAsync();

        Assert.Null(AccessTable.Difference("order-app", Routes.Of(app.Services)));
    }

    private static DeadLetterDelivery Letters(HttpClient http) => new(http, Topics.InventoryDeductionResult, OrderApi.AppToken);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static HttpRequestMessage Post(string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = Json(body) };
        request.Headers.Add("Idempotency-Key", "k");
        return request;
    }

    private static async Task<string> PlaceAsync(OrderApi app)
    {
        using var answer = await app.CreateClient().SendAsync(Post(Body));
        return answer.Headers.Location!.ToString()["/api/orders/".Length..];
    }

    private static async Task<HttpResponseMessage> RefundTooLateAsync(OrderApi app)
    {
        var id = await PlaceAsync(app);
        foreach (var command in new[] { OrderCommand.Confirm, OrderCommand.Pay, OrderCommand.Ship, OrderCommand.Deliver }) await app.BringAsync(id, command);
        app.Time.Advance(TimeSpan.FromDays(30.1));
        return await app.CreateClient().PostAsync($"/api/orders/{id}/refund", null);
    }

    private static async Task<HttpResponseMessage> OverloadAsync(OrderApi app)
    {
        var http = app.CreateClient();
        var hold = new TaskCompletionSource();
        app.State.BeforeSave = _ => hold.Task;
        // One more than are let in at once.
        var requests = Enumerable.Range(0, 5).Select(_ => http.PostAsync("/api/orders", Json(Body))).ToList();
        var refused = await Task.WhenAny(requests);
        // The process ends only when its rounds do.
        hold.SetResult();
        foreach (var accepted in await Task.WhenAll(requests.Where(request => request != refused))) accepted.Dispose();
        return await refused;
    }
}
