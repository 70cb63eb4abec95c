using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderInventory.Testing.Access;

namespace OrderApp.Tests;

/// <summary>What went wrong in other systems and no other test tries; docs/field-reports.md says where it was reported.</summary>
public sealed class FieldReportTests : OrderApiTests
{
    private const string Order = """{"userId":"u","productId":"p","quantity":1,"amount":1}""";

    /// <summary>Bodies with text that is no text, or with NUL, which PostgreSQL does not keep in JSON.</summary>
    public static TheoryData<string> UnkeptText =>
    [
        """{"userId":"\ud800","productId":"p","quantity":1,"amount":1}""",
        """{"userId":"u","productId":"\udc00","quantity":1,"amount":1}""",
        """{"userId":"u","productId":"p","quantity":1,"amount":1,"remark":"a\ud83dz"}""",
        """{"userId":"u","productId":"p","quantity":1,"amount":1,"idempotencyKey":"\ud800"}""",
        """{"userId":"u","productId":"p","quantity":1,"amount":"\ud800"}""",
        """{"userId":"u","productId":"p","quantity":1,"amount":1,"\ud800":1}""",
        """{"userId":"u\u0000","productId":"p","quantity":1,"amount":1}""",
        """{"userId":"u","productId":"p\u0000","quantity":1,"amount":1}""",
        """{"userId":"u","productId":"p","quantity":1,"amount":1,"remark":"a\u0000"}""",
    ];

    [Theory]
    [MemberData(nameof(UnkeptText))]
    public async Task Body_TextThatNoStoreKeeps_Is400(string body) => await AssertRefusedAsync(Encoding.UTF8.GetBytes(body));

    [Fact]
    public async Task Body_OctetsThatAreNotUtf8_Is400()
    {
        foreach (var octets in new byte[][] { [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80] })
            await AssertRefusedAsync([.. """{"userId":"u"""u8, .. octets, .. "\",\"productId\":\"p\",\"quantity\":1,\"amount\":1}"u8]);
    }

    [Fact]
    public async Task Body_WithAByteOrderMark_IsRead()
    {
        using var answer = await PostAsync([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Order)]);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Theory]
    [InlineData(70)]
    [InlineData(100_000)]
    public async Task Body_NestedTooDeep_Is400(int levels)
    {
        var nested = new string('[', levels) + new string(']', levels);
        foreach (var body in new[] { nested, Order.Replace("\"u\"", nested, StringComparison.Ordinal), Order.Replace("}", $",\"more\":{nested}}}", StringComparison.Ordinal) })
            await AssertRefusedAsync(Encoding.UTF8.GetBytes(body));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("1.5")]
    [InlineData("1e99")]
    [InlineData("100001")]
    [InlineData("2147483648")]
    [InlineData("-99999999999999999999")]
    [InlineData("\"5\"")]
    [InlineData("true")]
    public async Task Quantity_ThatIsNoCount_Is400(string quantity)
    {
        await AssertRefusedAsync(Encoding.UTF8.GetBytes(Order.Replace("\"quantity\":1", "\"quantity\":" + quantity, StringComparison.Ordinal)));
        // Beside a line that is good: the sum of both would be.
        await AssertRefusedAsync(Encoding.UTF8.GetBytes("""{"userId":"u","lines":[{"productId":"p","quantity":5,"amount":1},{"productId":"p","quantity":""" + quantity + ""","amount":1}]}"""));
    }

    [Fact]
    public async Task Times_WhereTheMachineHasAnotherZone_AreUtc()
    {
        await using var app = await OrderApi.StartAsync(frozen: true);
        app.Time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromHours(10), "east", "east"));
        using var content = new StringContent(Order, Encoding.UTF8, "application/json");

        using var placed = await app.CreateClient().PostAsync("/api/orders", content);

        var order = (await placed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        foreach (var time in new[] { "createdTime", "updatedTime" })
        {
            Assert.EndsWith("+00:00", order.GetProperty(time).GetString(), StringComparison.Ordinal);
            Assert.Equal(app.Time.GetUtcNow(), order.GetProperty(time).GetDateTimeOffset());
        }
    }

    [Fact]
    public async Task Limit_OfAddresses_IsNotEscapedWithAForgedHeader()
    {
        await using var app = await OrderApi.StartAsync(settings: new() { ["Http:RequestsPerMinute"] = "2" });

        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], await AskAsync(app, "198.51.100.1", "198.51.100.2", "198.51.100.3", "127.0.0.1"));
    }

    [Fact]
    public async Task Limit_BehindAProxyThatIsTrusted_CountsEachCustomerAlone()
    {
        await using var app = await OrderApi.StartAsync(settings: new() { ["Http:RequestsPerMinute"] = "2", ["FORWARDEDHEADERS_ENABLED"] = "true" });

        Assert.Equal(
            [HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests, HttpStatusCode.BadRequest],
            // The proxy adds the address that it saw; what the customer wrote stands before it.
            await AskAsync(app, "198.51.100.1", "198.51.100.2", "198.51.100.1", "198.51.100.1", "192.0.2.9, 198.51.100.1", "198.51.100.2"));
    }

    private static async Task<IReadOnlyList<HttpStatusCode>> AskAsync(OrderApi app, params string[] forwardedFor)
    {
        var statuses = new List<HttpStatusCode>();
        foreach (var value in forwardedFor)
        {
            using var answer = await Elsewhere.GetAsync(app.Server, "/api/orders", headers: ("X-Forwarded-For", value));
            statuses.Add(answer.StatusCode);
        }

        return statuses;
    }

    private async Task AssertRefusedAsync(byte[] body)
    {
        using var answer = await PostAsync(body);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Empty(App.State.Values(""));
    }

    private Task<HttpResponseMessage> PostAsync(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        return Http.PostAsync("/api/orders", content);
    }
}
