using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.Testing.Access;

namespace OrderApp.Tests;

/// <summary>order-app with authentication on: who gets in, and whose orders exist for whom.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private readonly TestIssuer _issuer = new();
    private OrderApi _app = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _app = await OrderApi.StartAsync(settings: _issuer.Settings);
        _http = _app.CreateClient();
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task EveryRoute_WithEveryKindOfToken_LetsInWhomItSays()
    {
        var routes = Routes.Of(_app.Services);

        Assert.Equal(6, routes.Select(route => route.Rule).Distinct().Count());
        Assert.Empty(await AccessSuite.FailuresAsync(routes, _http, _issuer, OrderApi.AppToken));
    }

    [Theory]
    [InlineData("localhost:5101", null, HttpStatusCode.OK)]
    [InlineData("127.0.0.1:5101", "same-origin", HttpStatusCode.OK)]
    [InlineData("[::1]:5101", "none", HttpStatusCode.OK)]
    [InlineData("evil.example:5101", null, HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("localhost:5101", "cross-site", HttpStatusCode.Forbidden)]
    public async Task Operator_PageOfABrowser_IsNone(string host, string? site, HttpStatusCode expected)
    {
        await using var app = await OrderApi.StartAsync();
        foreach (var path in new[] { "/api/orders/recent", "/api/deadletters", "/api/metrics" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            if (site is not null) request.Headers.Add("Sec-Fetch-Site", site);

            using var answer = await app.CreateClient().SendAsync(request);

            Assert.Equal(expected, answer.StatusCode);
        }
    }

    [Fact]
    public async Task EveryRouteOfAnOrder_OfAnotherUser_AnswersAsIfItDidNotExist()
    {
        var order = await PlaceAsync(_issuer.Token("alice"));
        var routes = Routes.Of(_app.Services).Where(route => route.Pattern.Contains("{id}", StringComparison.Ordinal) && route.Rule == AccessRule.Caller).ToArray();

        Assert.Equal(["GET /api/orders/{id}", "GET /api/orders/{id}/history", "POST /api/orders/{id}/cancel"], routes.Select(route => route.ToString()).Order());
        foreach (var route in routes)
        {
            using var stranger = await SendAsync(route.Method, route.Path(order), _issuer.Token("mallory"));
            using var unknown = await SendAsync(route.Method, route.Path("0198aaaa-0000-7000-8000-000000000000"), _issuer.Token("mallory"));
            using var own = await SendAsync(route.Method, route.Path(order), _issuer.Token("alice"));
            using var operated = await SendAsync(route.Method, route.Path(order), _issuer.Operator());

            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (stranger.StatusCode, unknown.StatusCode));
            Assert.Equal(await ComparableAsync(unknown), await ComparableAsync(stranger));
            Assert.True(own.IsSuccessStatusCode && operated.IsSuccessStatusCode);
        }
    }

    [Theory]
    [InlineData("order-inventory.pay", null)]
    [InlineData("order-inventory.pay", "clerk")]
    [InlineData("order-inventory.fulfil", null)]
    [InlineData("order-inventory.fulfil", "clerk")]
    [InlineData("order-inventory.read", null)]
    [InlineData("order-inventory.read", "clerk")]
    public async Task Staff_SeesEveryOrderAndActsAsItselfAlone(string scope, string? user)
    {
        var order = await PlaceAsync(_issuer.Token("alice"));
        var token = _issuer.Token(user, scope);

        Assert.Equal(HttpStatusCode.OK, (await SendAsync("GET", "/api/orders/" + order, token)).StatusCode);
        Assert.Equal(1, await CountAsync("?userId=alice", token));
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("POST", $"/api/orders/{order}/cancel", token)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(token, "alice")).StatusCode);
        Assert.Equal(user is null ? HttpStatusCode.BadRequest : HttpStatusCode.Created, (await PostAsync(token, null)).StatusCode);
        Assert.Equal(!scope.EndsWith("fulfil", StringComparison.Ordinal), (await SendAsync("POST", $"/api/orders/{order}/ship", token)).StatusCode == HttpStatusCode.Forbidden);
        Assert.Equal(!scope.EndsWith("pay", StringComparison.Ordinal), (await SendAsync("POST", $"/api/orders/{order}/pay", token)).StatusCode == HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Staff_ForStock_SeesNoOrders()
    {
        var order = await PlaceAsync(_issuer.Token("alice"));
        var token = _issuer.Token(null, "order-inventory.stock");

        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("GET", "/api/orders/" + order, token)).StatusCode);
        Assert.Equal(0, await CountAsync("?userId=alice", token));
    }

    [Fact]
    public async Task Cancel_OfAnotherUser_ReachesNoWorkflow()
    {
        var order = await PlaceAsync(_issuer.Token("alice"));

        await SendAsync("POST", $"/api/orders/{order}/cancel", _issuer.Token("mallory"));

        Assert.Empty(_app.Workflows.Raised);
    }

    [Fact]
    public async Task Lists_OfAnotherUser_AreEmptyAlsoByKey()
    {
        await PlaceAsync(_issuer.Token("alice"), key: "k");

        Assert.Equal(0, await CountAsync("?userId=alice", _issuer.Token("mallory")));
        Assert.Equal(0, await CountAsync("?userId=alice&idempotencyKey=k", _issuer.Token("mallory")));
        Assert.Equal(0, await CountAsync("?idempotencyKey=k", _issuer.Token("mallory")));
        Assert.Equal(1, await CountAsync("", _issuer.Token("alice")));
        Assert.Equal(1, await CountAsync("?userId=alice&idempotencyKey=k", _issuer.Token("alice")));
        Assert.Equal(1, await CountAsync("?userId=alice", _issuer.Operator()));
    }

    [Fact]
    public async Task Post_UserOfTheBody_MustBeTheUserOfTheToken()
    {
        using var differs = await PostAsync(_issuer.Token("mallory"), "alice");
        using var same = await PostAsync(_issuer.Token("alice"), "alice");
        using var absent = await PostAsync(_issuer.Token("alice"), null);
        using var operated = await PostAsync(_issuer.Operator(), "alice");
        using var operatorsOwn = await PostAsync(_issuer.Operator("olga"), null);
        using var ofNobody = await PostAsync(_issuer.Operator(), null);

        Assert.Equal((HttpStatusCode.Forbidden, "NOT_YOUR_USER"), (differs.StatusCode, (await differs.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()));
        foreach (var (answer, user) in new[] { (same, "alice"), (absent, "alice"), (operated, "alice"), (operatorsOwn, "olga") })
            Assert.Equal(user, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("userId").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, ofNobody.StatusCode);
        Assert.DoesNotContain(_app.State.Values("").Keys, key => key.Contains("mallory", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refusals_InChinese_AreInChinese()
    {
        _http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh");
        using var anonymous = await _http.GetAsync("/api/orders");
        using var user = await SendAsync("GET", "/api/orders/stuck", _issuer.Token("u"));
        using var differs = await PostAsync(_issuer.Token("mallory"), "alice");

        Assert.Contains("令牌", (await anonymous.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("权限范围", (await user.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("不一致", (await differs.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_IssuerCannotBeAsked_Is503()
    {
        await using var app = await OrderApi.StartAsync(settings: new() { ["Authentication:Authority"] = "http://127.0.0.1:1", ["Authentication:Audience"] = TestIssuer.Audience });
        using var http = app.CreateClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _issuer.Token("u"));

        using var answer = await http.GetAsync("/api/orders");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task Get_KeysOfTheIssuersMetadata_AreTaken()
    {
        await using var metadata = await IssuerMetadata.StartAsync(_issuer);
        await using var app = await OrderApi.StartAsync(settings: new() { ["Authentication:Authority"] = metadata.Address, ["Authentication:Audience"] = TestIssuer.Audience });
        using var http = app.CreateClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _issuer.Token("u"));
        using var good = await http.GetAsync("/api/orders");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _issuer.BadTokens["of another issuer"]);
        using var bad = await http.GetAsync("/api/orders");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (good.StatusCode, bad.StatusCode));
    }

    [Fact]
    public async Task OpenApi_WithAuthentication_RequiresTheToken()
    {
        var paths = (await _http.GetFromJsonAsync<JsonObject>("/openapi/v1.json"))!["paths"]!;

        Assert.Equal("""[{"token":[]}]""", paths["/api/orders/{id}"]!["get"]!["security"]!.ToJsonString());
        Assert.Equal($$"""[{"token":["order-inventory.read"]},{"token":["{{TestIssuer.OperatorScope}}"]}]""", paths["/api/orders/stuck"]!["get"]!["security"]!.ToJsonString());
    }

    private async Task<string> PlaceAsync(string token, string? key = null)
    {
        using var answer = await PostAsync(token, null, key);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()!;
    }

    private Task<HttpResponseMessage> PostAsync(string token, string? userId, string? key = null) =>
        SendAsync("POST", "/api/orders", token, JsonContent.Create(new { userId, productId = "p", quantity = 1, amount = 1, idempotencyKey = key }));

    private async Task<int> CountAsync(string query, string token)
    {
        using var answer = await SendAsync("GET", "/api/orders" + query, token);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetArrayLength();
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string token, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (method == "POST" && content is null) request.Headers.Add("Prefer", "respond-async");
        return await _http.SendAsync(request);
    }

    // What may differ between two orders that do not exist: which, and in which request.
    private static async Task<string> ComparableAsync(HttpResponseMessage answer)
    {
        var problem = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        problem.Remove("traceId");
        problem.Remove("orderId");
        return answer.Headers + problem.ToJsonString();
    }
}
