using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using OrderInventory.Contracts;
using OrderInventory.Testing;
using OrderInventory.Testing.Access;

namespace InventoryApp.Tests;

/// <summary>docs/api.md and the OpenAPI document say what the app answers.</summary>
public sealed class ApiDocumentTests
{
    private static readonly Dictionary<string, Func<InventoryApi, HttpClient, Task<HttpResponseMessage>>> Provocations = new()
    {
        ["400 VALIDATION_FAILED"] = (_, http) => http.PostAsync("/api/inventory/p/restock", Json("""{"quantity":0}""")),
        ["401 UNAUTHORIZED"] = (_, http) => http.GetAsync("/dapr/subscribe"),
        ["401 TOKEN_REQUIRED"] = (_, http) => http.GetAsync("/api/inventory"),
        ["403 NOT_FOR_OTHER_APPS"] = (app, _) => Elsewhere.GetAsync(app.Server, "/dapr/subscribe", null, ("dapr-caller-app-id", "other")),
        ["403 OPERATORS_ONLY"] = (app, _) => Elsewhere.GetAsync(app.Server, "/api/deadletters"),
        ["404 PRODUCT_NOT_FOUND"] = (_, http) => http.GetAsync("/api/inventory/p"),
        ["404 NOT_FOUND"] = (_, http) => http.GetAsync("/nothing"),
        ["405 METHOD_NOT_ALLOWED"] = (_, http) => http.DeleteAsync("/api/inventory/p"),
        ["409 BELOW_RESERVED"] = async (app, http) =>
        {
            await PutAsync(http, 5);
            await app.DeliverAsync(("0", InventoryApi.Deduct("o", 3)));
            return await PutAsync(http, 2);
        },
        ["409 ABOVE_MAXIMUM"] = async (_, http) =>
        {
            await PutAsync(http, 5);
            return await http.PostAsync("/api/inventory/p/restock", Json("""{"quantity":1000000000}"""));
        },
        ["413 BODY_TOO_LARGE"] = (_, http) => http.PutAsync("/api/inventory/p", Json($$"""{"total":{{new string('1', 1_100_000)}}}""")),
        ["400 BAD_PATH"] = (_, http) => http.GetAsync("/api/inventory/a%2Fb"),
        ["400 BAD_QUERY"] = (_, http) => http.GetAsync("/api/inventory?ids=%ff"),
        ["400 BAD_REQUEST"] = (_, http) => http.GetAsync("/api/inventory/%00"),
        ["415 UNSUPPORTED_CONTENT_ENCODING"] = (_, http) =>
        {
            var content = new StringContent("x");
            content.Headers.ContentEncoding.Add("gzip");
            return http.PutAsync("/api/inventory/p", content);
        },
        ["415 UNSUPPORTED_MEDIA_TYPE"] = (_, http) => http.PutAsync("/api/inventory/p", new StringContent("x")),
        ["412 PRECONDITION_FAILED"] = (_, http) =>
        {
            var request = new HttpRequestMessage(HttpMethod.Put, "/api/inventory/p") { Content = JsonContent.Create(new { total = 1 }) };
            request.Headers.IfMatch.ParseAdd("*");
            return http.SendAsync(request);
        },
        ["422 IDEMPOTENCY_KEY_REUSED"] = async (_, http) =>
        {
            await PutAsync(http, 5);
            http.DefaultRequestHeaders.Add("Idempotency-Key", "k");
            await http.PostAsync("/api/inventory/p/restock", Json("""{"quantity":1}"""));
            return await http.PostAsync("/api/inventory/p/restock", Json("""{"quantity":2}"""));
        },
        ["429 TOO_MANY_REQUESTS"] = async (app, _) =>
        {
            for (var i = 0; i < 2; i++) (await Elsewhere.GetAsync(app.Server, "/api/inventory")).Dispose();
            return await Elsewhere.GetAsync(app.Server, "/api/inventory");
        },
        ["500 STOCK_DAMAGED"] = async (app, http) =>
        {
            await app.State.SaveAsync(new("stock:p", "{}"u8.ToArray(), OrderInventory.ServiceDefaults.State.SaveCondition.None), CancellationToken.None);
            return await http.GetAsync("/api/inventory/p");
        },
        ["500 INTERNAL_ERROR"] = (app, http) =>
        {
            app.State.BeforeSave = _ => throw new InvalidOperationException("A defect, with details that nobody outside may see.");
            return PutAsync(http, 5);
        },
        ["503 UNAVAILABLE"] = (app, http) =>
        {
            app.State.Unreadable = true;
            return http.GetAsync("/api/inventory/p");
        },
        ["503 OVERLOADED"] = async (app, http) =>
        {
            var hold = new TaskCompletionSource();
            app.State.BeforeSave = _ => hold.Task;
            var first = PutAsync(http, 5);
            await Eventually.GetAsync(() => Task.FromResult(app.State.Calls.Count), count => count > 1, TimeSpan.FromSeconds(30), "a request is in the store");
            var answer = await PutAsync(http, 5);
            hold.SetResult();
            (await first).Dispose();
            return answer;
        },
    };

    [Fact]
    public async Task Errors_InTheDocument_AreAnsweredExactlyLikeThis()
    {
        var documented = DocumentedErrors.Of("inventory-app");
        using var none = new HttpClient();
        Assert.Equal([.. Provocations.Keys.Concat(Letters(none).Provocations.Keys).Order()], documented.Keys.Order());

        var issuer = new TestIssuer();
        foreach (var (heading, expected) in documented)
        {
            await using var app = new InventoryApi { MaxConcurrentRequests = heading == "503 OVERLOADED" ? 1 : 100, Settings = heading == "401 TOKEN_REQUIRED" ? issuer.Settings : new() { ["Http:RequestsPerMinute"] = "2" } };
            app.Events.TakesAnything = heading.Contains("DEAD_LETTER", StringComparison.Ordinal);
            // A real server, because the test server does not limit bodies.
            if (heading is "400 BAD_PATH" or "400 BAD_QUERY" or "400 BAD_REQUEST" or "413 BODY_TOO_LARGE") app.UseKestrel();
            using var http = app.CreateClient();
            using var answer = await (Letters(http).Provocations.TryGetValue(heading, out var provoke) ? provoke() : Provocations[heading](app, http));

            // The example is of one of the two apps; the field that is wrong is another one here.
            if (heading == "400 VALIDATION_FAILED") expected["errors"] = JsonNode.Parse("""{"quantity":["quantity is required and must be from 1 to 1000000000, and not 0."]}""");
            Assert.Null(await DocumentedErrors.DifferenceAsync(heading, expected, answer));
        }
    }

    [Fact]
    public async Task OpenApi_OfThisVersion_IsTheOneUnderControl()
    {
        await using var app = new InventoryApi();
        using var http = app.CreateClient();
        // As dapr.yaml runs it.
        http.BaseAddress = new Uri("http://localhost:5102");
        var document = (await http.GetFromJsonAsync<JsonObject>("/openapi/v1.json"))!;

        Assert.Null(await Snapshot.DifferenceAsync("docs/openapi/inventory-app.json", document));
    }

    [Fact]
    public void Access_OfEveryRoute_IsInTheDocument()
    {
        using var app = new InventoryApi();

        Assert.Null(AccessTable.Difference("inventory-app", Routes.Of(app.Services)));
    }

    private static DeadLetterDelivery Letters(HttpClient http) => new(http, Topics.InventoryDeduction, InventoryApi.AppToken);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static Task<HttpResponseMessage> PutAsync(HttpClient http, long total) => http.PutAsync("/api/inventory/p", JsonContent.Create(new { total }));
}
