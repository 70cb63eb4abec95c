using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrderInventory.Testing.Access;

namespace OrderApp.Tests;

/// <summary>What every answer of order-app has in common, and what a caller may not do too often.</summary>
public sealed class HttpTests
{
    [Fact]
    public async Task EveryAnswer_HasTheSecurityHeaders()
    {
        await using var app = await OrderApi.StartAsync();
        app.UseKestrel();
        using var http = app.CreateClient();

        Assert.Empty(await HttpSuite.HeaderFailuresAsync(Routes.Of(app.Services), http));
    }

    [Theory]
    [InlineData("/api/orders/none")]
    [InlineData("/api/orders/0198aaaa-0000-7000-8000-000000000000")]
    [InlineData("/api/orders/0198aaaa-0000-7000-8000-000000000000/history")]
    [InlineData("/openapi/v2.json")]
    [InlineData("/nothing/here")]
    public async Task Get_Unknown_IsAProblem404(string path)
    {
        await using var app = await OrderApi.StartAsync();

        var answer = await app.CreateClient().GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.False((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task EveryPath_TakesItsMethodsOnly()
    {
        await using var app = await OrderApi.StartAsync();

        Assert.Empty(await HttpSuite.MethodFailuresAsync(Routes.Of(app.Services), app.CreateClient()));
    }

    [Fact]
    public async Task Reference_WhereItIsSet_RunsNothingButItsOwnScripts()
    {
        await using var app = await OrderApi.StartAsync(settings: new() { ["Http:Reference"] = "true" });

        using var answer = await app.CreateClient().GetAsync("/reference/");
        var page = await answer.Content.ReadAsStringAsync();

        var nonce = Regex.Match(Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), "script-src 'nonce-([^']{20,})';").Groups[1].Value;
        Assert.Equal(Regex.Count(page, "<script"), Regex.Count(page, $" nonce=\"{Regex.Escape(nonce)}\""));
        Assert.DoesNotContain("://", page.Replace("http://localhost", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await app.CreateClient().GetAsync("/reference/scalar.js")).StatusCode);
    }

    [Fact]
    public async Task Reference_Otherwise_IsNotThere()
    {
        await using var app = await OrderApi.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await app.CreateClient().GetAsync("/reference/")).StatusCode);
    }

    [Fact]
    public async Task EveryRoute_TakesNoBodyThatIsTooLarge()
    {
        await using var app = await OrderApi.StartAsync();
        app.UseKestrel();
        using var http = app.CreateClient();

        Assert.Empty(await HttpSuite.BodyFailuresAsync(Routes.Of(app.Services), http));
    }

    [Fact]
    public async Task Limit_OfAddresses_CountsEachAloneAndNotTheMachineItself()
    {
        await using var app = await OrderApi.StartAsync(settings: new() { ["Http:RequestsPerMinute"] = "2" });
        async Task<HttpStatusCode> AskAsync(string address, string path = "/api/orders")
        {
            using var answer = await Elsewhere.GetAsync(app.Server, path, IPAddress.Parse(address), ("dapr-api-token", OrderApi.AppToken));
            return answer.StatusCode;
        }

        foreach (var address in new[] { "203.0.113.7", "203.0.113.8", "2001:db8::1" })
            Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.TooManyRequests], [await AskAsync(address), await AskAsync(address), await AskAsync(address)]);
        // Another address of the same network, and another way to write one that was counted.
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync("2001:db8::2"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync("::ffff:203.0.113.7"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync("203.0.113.7", "/nothing"));
        foreach (var path in new[] { "/healthz", "/dapr/subscribe" }) Assert.Equal(HttpStatusCode.OK, await AskAsync("203.0.113.7", path));
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.BadRequest, await AskAsync("127.0.0.1"));
    }

    [Fact]
    public async Task Limit_OfWhatOtherAppsInvoke_CountsItTogetherAlthoughItComesFromTheMachine()
    {
        await using var app = await OrderApi.StartAsync(settings: new() { ["Http:RequestsPerMinute"] = "2" });
        async Task<HttpStatusCode> AskAsync(string caller)
        {
            using var answer = await Elsewhere.GetAsync(app.Server, "/api/orders", IPAddress.Loopback, ("dapr-caller-app-id", caller), ("dapr-api-token", OrderApi.AppToken));
            return answer.StatusCode;
        }

        // Not by the name: that is a header, and a new one each time would be a new caller each time.
        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.TooManyRequests], [await AskAsync("a"), await AskAsync("b"), await AskAsync("c")]);
    }

    [Fact]
    public async Task Limit_OfUsers_CountsThemWhereverTheyAreAndNotOperators()
    {
        var issuer = new TestIssuer();
        var settings = issuer.Settings;
        settings["Http:RequestsPerMinute"] = "2";
        await using var app = await OrderApi.StartAsync(settings: settings);
        async Task<HttpStatusCode> AskAsync(string token, string address)
        {
            using var answer = await Elsewhere.GetAsync(app.Server, "/api/orders", IPAddress.Parse(address), ("Authorization", "Bearer " + token));
            return answer.StatusCode;
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], [await AskAsync(issuer.Token("u"), "203.0.113.7"), await AskAsync(issuer.Token("u"), "203.0.113.8"), await AskAsync(issuer.Token("u"), "127.0.0.1")]);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(issuer.Token("v"), "203.0.113.7"));
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.OK, await AskAsync(issuer.Operator("o"), "203.0.113.9"));
    }

    [Fact]
    public async Task Limit_OfZero_IsNone()
    {
        await using var app = await OrderApi.StartAsync(settings: new() { ["Http:RequestsPerMinute"] = "0" });

        for (var i = 0; i < 5; i++)
        {
            using var answer = await Elsewhere.GetAsync(app.Server, "/api/orders");
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("", "127.0.0.1", null, HttpStatusCode.OK)]
    [InlineData("", "203.0.113.7", null, HttpStatusCode.Unauthorized)]
    [InlineData("", "203.0.113.7", "", HttpStatusCode.Unauthorized)]
    [InlineData("secret", "127.0.0.1", null, HttpStatusCode.Unauthorized)]
    [InlineData("secret", "127.0.0.1", "Secret", HttpStatusCode.Unauthorized)]
    [InlineData("secret", "127.0.0.1", "secret2", HttpStatusCode.Unauthorized)]
    [InlineData("secret", "203.0.113.7", "secret", HttpStatusCode.OK)]
    public async Task Delivery_OnlyWithTheTokenOrWithoutOneFromTheMachineItself(string token, string address, string? sent, HttpStatusCode status)
    {
        await using var app = await OrderApi.StartAsync(settings: new() { ["APP_API_TOKEN"] = token });

        foreach (var path in new[] { "/dapr/subscribe", "/DAPR/Subscribe" })
        {
            using var answer = await Elsewhere.GetAsync(app.Server, path, IPAddress.Parse(address), sent is null ? [] : [("dapr-api-token", sent)]);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Get_WhatHasAnETag_MayBeKeptByItsReaderOnly()
    {
        await using var app = await OrderApi.StartAsync();
        using var http = app.CreateClient();
        using var placed = await http.PostAsync("/api/orders", new StringContent("""{"userId":"u","productId":"p","quantity":1,"amount":1}""", MediaTypeHeaderValue.Parse("application/json")));

        using var order = await http.GetAsync(placed.Headers.Location);
        using var list = await http.GetAsync("/api/orders?userId=u");

        Assert.Equal(("no-cache, private", "no-store"), (order.Headers.CacheControl!.ToString(), list.Headers.CacheControl!.ToString()));
    }
}
