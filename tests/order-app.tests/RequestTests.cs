using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderApp.Domain;
using OrderInventory.Testing;

namespace OrderApp.Tests;

/// <summary>Requests as RFC 9110 and its neighbours allow them, and those that they do not.</summary>
public sealed class RequestTests : OrderApiTests
{
    private const string Order = """{"userId":"u","productId":"p","quantity":1,"amount":1}""";

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/json;CHARSET=UTF-8")]
    [InlineData("application/json;")]
    [InlineData("application/json; charset=utf-8; ")]
    public async Task Body_InUtf8_IsRead(string type) => Assert.Equal(HttpStatusCode.Created, (await PostAsync(Order, type)).StatusCode);

    [Theory]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=\"latin1\"")]
    [InlineData("application/json; charset=nonsense")]
    [InlineData("application/json; charset=\"\"")]
    [InlineData("application/json; charset=")]
    [InlineData("application/vnd.api+json")]
    [InlineData("application/cloudevents+json")]
    [InlineData("text/json")]
    [InlineData("text/plain")]
    [InlineData("nonsense")]
    public async Task Body_OfAnotherType_Is415AndSaysWhatIsTaken(string type)
    {
        var answer = await PostAsync(Order, type);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("application/json", Assert.Single(answer.Headers.GetValues("Accept")), StringComparison.Ordinal);
        Assert.Empty(App.State.Values(""));
    }

    [Theory]
    [InlineData("gzip", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("identity, br", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("identity", HttpStatusCode.Created)]
    public async Task Body_Compressed_Is415(string coding, HttpStatusCode status)
    {
        var content = new StringContent(Order, Encoding.UTF8, "application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding);

        var answer = await Http.PostAsync("/api/orders", content);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status != HttpStatusCode.Created, answer.Headers.Contains("Accept-Encoding"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    public async Task Body_Empty_IsNoBody(string? type)
    {
        await using var app = await OrderApi.StartAsync();
        app.UseKestrel();
        using var http = app.CreateClient();
        var id = OrderIds.Of("u", "k1");
        foreach (var chunked in new[] { true, false })
        {
            using var command = Request($"/api/orders/{id}/cancel", chunked);
            using var order = Request("/api/orders", chunked);

            Assert.Equal(HttpStatusCode.NotFound, (await http.SendAsync(command)).StatusCode);
            var required = await http.SendAsync(order);
            Assert.Equal(HttpStatusCode.BadRequest, required.StatusCode);
            Assert.Contains("required", await required.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        HttpRequestMessage Request(string path, bool chunked)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent([]) };
            if (type is not null) request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
            if (chunked) request.Headers.TransferEncodingChunked = true;
            return request;
        }
    }

    [Theory]
    [InlineData("/api/orders?userId=a&userId=b", "userId")]
    [InlineData("/api/orders?userId=a&limit=1&limit=1", "limit")]
    public async Task QueryParameter_GivenTwice_Is400(string target, string parameter)
    {
        var answer = await Http.GetAsync(target);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(parameter, Assert.Single((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject()).Name);
    }

    [Theory]
    [InlineData("userId=%ff")]
    [InlineData("userId=a%C3")]
    [InlineData("userId=%")]
    [InlineData("userId=%2")]
    [InlineData("userId=u&st%zzatus=PAID")]
    [InlineData("userId=u?%FF")]
    public async Task Query_ThatIsNotUtf8_Is400(string query)
    {
        await using var app = await OrderApi.StartAsync();
        app.UseKestrel();
        using var http = app.CreateClient();

        var answer = await RawRequest.SendAsync(http.BaseAddress!, $"GET /api/orders?{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("BAD_QUERY", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("userId=%C3%A9%2F%25")]
    [InlineData("userId=a+b%20c?")]
    public async Task Query_InUtf8_IsRead(string query) => Assert.DoesNotContain("BAD_QUERY", await (await Http.GetAsync("/api/orders?" + query)).Content.ReadAsStringAsync(), StringComparison.Ordinal);

    [Fact]
    public async Task Head_IsGetWithoutTheBody()
    {
        await using var app = await OrderApi.StartAsync();
        app.UseKestrel();
        using var http = app.CreateClient();
        var placed = await http.PostAsync("/api/orders", new StringContent(Order, Encoding.UTF8, "application/json"));

        foreach (var path in new[] { placed.Headers.Location!.ToString(), "/api/orders?userId=u", "/healthz", "/openapi/v1.json" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, path);
            var head = await http.SendAsync(request);
            var get = await http.GetAsync(path);

            Assert.Equal((get.StatusCode, get.Headers.ETag, get.Content.Headers.ContentType), (head.StatusCode, head.Headers.ETag, head.Content.Headers.ContentType));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }

        var refused = await http.DeleteAsync(placed.Headers.Location);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET, HEAD"), (refused.StatusCode, string.Join(", ", refused.Content.Headers.Allow.Order())));
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
    }

    // RFC 9110 section 12.4.1: what the client would rather have is no reason to tell it nothing.
    [Theory]
    [InlineData("application/json")]
    [InlineData("text/html")]
    [InlineData("application/xml, text/*;q=0.1")]
    public async Task Problem_WhateverIsAccepted_IsAProblem(string accepted)
    {
        using var log = new Warnings();
        App.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        foreach (var (path, status) in new[] { ("/nothing", 404), ("/api/orders", 400), ("/api/orders/0198aaaa-0000-7000-8000-000000000000", 503) })
        {
            App.State.Unreadable = status == 503;
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Accept", accepted);

            using var answer = await Http.SendAsync(request);

            Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal((status, false, true), (problem.GetProperty("status").GetInt32(), problem.GetProperty("success").GetBoolean(), problem.TryGetProperty("traceId", out _)));
        }

        Assert.DoesNotContain(log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("zh", "zh")]
    [InlineData("zh-CN, en;q=0.8", "zh")]
    [InlineData("en;q=0.5, zh;q=0.7", "zh")]
    [InlineData("en, zh", "en")]
    [InlineData("zh, en", "zh")]
    [InlineData("fr, zh;q=0.1", "zh")]
    [InlineData("zh;q=0", "en")]
    [InlineData("zh;q=0, *", "en")]
    [InlineData("en;q=0, *;q=0.5", "zh")]
    [InlineData("fr", "en")]
    [InlineData("", "en")]
    public async Task Language_IsTheOneWantedMost(string accepted, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/orders/unknown");
        request.Headers.TryAddWithoutValidation("Accept-Language", accepted);

        var answer = await Http.SendAsync(request);

        Assert.Equal(language, Assert.Single(answer.Content.Headers.ContentLanguage));
        Assert.Contains("Accept-Language", answer.Headers.Vary);
        Assert.Equal(language == "zh", (await answer.Content.ReadAsStringAsync()).Contains("订单", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"1\"")]
    [InlineData("42.50")]
    [InlineData("\"42.50\"")]
    [InlineData("1e2")]
    [InlineData("0.01")]
    [InlineData("12.3400000000000000000000000000000000")]
    [InlineData("999999999999999999.99")]
    [InlineData("\"999999999999999999.99\"")]
    public async Task Amount_ThatFits_IsKeptDigitForDigit(string amount)
    {
        var answer = await PostAsync(Order.Replace("\"amount\":1", "\"amount\":" + amount, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(decimal.Parse(amount.Trim('"'), NumberStyles.Float, CultureInfo.InvariantCulture), (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("amount").GetDecimal());
    }

    [Theory]
    [InlineData("0.001")]
    [InlineData("1.999")]
    [InlineData("1000000000000000000")]
    [InlineData("99999999999999999999999999999.99")]
    [InlineData("1.000000000000000000000000000000000001")]
    [InlineData("1e99")]
    [InlineData("1e-3")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("0e999")]
    [InlineData("\"\"")]
    [InlineData("\"1,5\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"+1\"")]
    [InlineData("\"NaN\"")]
    [InlineData("\"1e2\"")]
    [InlineData("true")]
    public async Task Amount_ThatDoesNotFit_Is400(string amount)
    {
        var answer = await PostAsync(Order.Replace("\"amount\":1", "\"amount\":" + amount, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("amount", Assert.Single((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject()).Name);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("p ")]
    [InlineData(" p")]
    public async Task Id_ThatNoPathCanName_Is400(string product)
    {
        var answer = await PostAsync(Order.Replace("\"p\"", $"\"{product}\"", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(App.State.Values(""));
    }

    [Fact]
    public async Task OrderId_InCapitals_IsTheSameOrder()
    {
        var path = (await PostAsync(Order)).Headers.Location!.ToString();
        var id = path["/api/orders/".Length..];

        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync("/api/orders/" + id.ToUpperInvariant())).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync($"/api/orders/{id.ToUpperInvariant()}/history")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Http.PostAsync($"/api/orders/{id.ToUpperInvariant()}/ship", null)).StatusCode);
        // .NET takes these for UUIDs, too.
        foreach (var name in new[] { "%20" + id, id + "%20", id.Replace("-8", "-+", StringComparison.Ordinal) }) Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("/api/orders/" + name)).StatusCode);
    }

    [Theory]
    [InlineData("GET /api/orders HTTP/2.5\r\nHost: x\r\n\r\n", "505", "HTTP_505")]
    [InlineData("GET /api/orders/%00 HTTP/1.1\r\nHost: x\r\n\r\n", "400")]
    [InlineData("GET /api/orders HTTP/1.1\r\n\r\n", "400")]
    [InlineData("GET /api/orders HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n", "400")]
    [InlineData("POST /api/orders HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", "400")]
    [InlineData("POST /api/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n", "400")]
    public async Task Request_ThatTheServerCannotRead_IsAProblem(string request, string status, string code = "BAD_REQUEST")
    {
        await using var app = await OrderApi.StartAsync();
        app.UseKestrel();
        using var http = app.CreateClient();

        var answer = await RawRequest.SendAsync(http.BaseAddress!, request);

        var (head, body) = (answer[..answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)], answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json", head, StringComparison.Ordinal);
        Assert.Contains("Content-Language: en", head, StringComparison.Ordinal);
        // What the app itself answers comes in chunks.
        var problem = JsonDocument.Parse(body[body.IndexOf('{', StringComparison.Ordinal)..(body.LastIndexOf('}') + 1)]).RootElement;
        Assert.Equal((int.Parse(status, System.Globalization.CultureInfo.InvariantCulture), code, false), (problem.GetProperty("status").GetInt32(), problem.GetProperty("code").GetString(), problem.GetProperty("success").GetBoolean()));
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientThatGoesAway_IsNoFailureOfOurs(bool isReset)
    {
        await using var app = await OrderApi.StartAsync();
        app.UseKestrel();
        using var http = app.CreateClient();
        using var log = new Warnings();
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        using var probe = new MetricProbe(app.Services.GetRequiredService<IMeterFactory>());
        foreach (var body in new[] { "", "{", """{"userId":"u",""" })
        {
            using var tcp = new TcpClient { LingerState = new LingerOption(isReset, 0) };
            await tcp.ConnectAsync(IPAddress.Loopback, http.BaseAddress!.Port);
            await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /api/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{body}"));
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            // With no linger time it is a reset.
            tcp.Client.Close();
        }

        await Eventually.GetAsync(() => Task.FromResult(probe.Of("http.server.request.duration").Count()), count => count >= 3, TimeSpan.FromSeconds(30), "three requests have ended");
        Assert.Empty(probe.Of("http.server.request.duration", ("http.response.status_code", 500)));
        Assert.True(log.Lines.IsEmpty, string.Join("\n", log.Lines));
    }

    private Task<HttpResponseMessage> PostAsync(string body, string type = "application/json")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return Http.PostAsync("/api/orders", content);
    }
}
