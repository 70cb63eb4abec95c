using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderApp.Domain;
using OrderInventory.Testing;

namespace OrderApp.Tests;

public sealed class PlaceOrderTests : OrderApiTests
{
    [Fact]
    public async Task Post_NewOrder_IsStoredScheduledAndReadable()
    {
        var answer = await PostAsync(Body(), "k1");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("\"1\"", answer.Headers.ETag?.Tag);
        var order = await DataAsync(answer);
        Assert.Equal("/api/orders/" + order.GetProperty("id").GetString(), answer.Headers.Location?.ToString());
        Assert.StartsWith("ORD", order.GetProperty("orderNo").GetString());
        Assert.Equal("42.50", order.GetProperty("amount").GetRawText());
        Assert.Equal("PENDING", order.GetProperty("status").GetString());
        Assert.Equal("k1", order.GetProperty("idempotencyKey").GetString());
        Assert.Equal($$"""{"orders":["{{order.GetProperty("id").GetString()}}"]}""", Assert.Single(App.Workflows.Started).Input);
        Assert.NotNull(App.Workflows.Started.Single().ScheduledStartTimestamp);

        var read = await Http.GetAsync(answer.Headers.Location);
        Assert.Equal(order.GetRawText(), (await DataAsync(read)).GetRawText());
        using var conditional = new HttpRequestMessage(HttpMethod.Get, answer.Headers.Location);
        conditional.Headers.TryAddWithoutValidation("If-None-Match", "\"1\"");
        Assert.Equal(HttpStatusCode.NotModified, (await Http.SendAsync(conditional)).StatusCode);
        var history = await DataAsync(await Http.GetAsync(answer.Headers.Location + "/history"));
        Assert.Equal((1, "PENDING"), (history[0].GetProperty("sequence").GetInt32(), history[0].GetProperty("newStatus").GetString()));
    }

    [Fact]
    public async Task Post_TheListIsWritten_WhileTheOrderIs()
    {
        // The order is held back until its list is being written: one after the other it would never be.
        using var list = new CountdownEvent(1);
        App.State.BeforeSave = async save =>
        {
            if (save.Key.StartsWith("user-orders:", StringComparison.Ordinal)) list.Signal();
            if (save.Key.StartsWith("order:", StringComparison.Ordinal)) await Task.Run(() => Assert.True(list.Wait(TimeSpan.FromSeconds(30))));
        };

        Assert.Equal(HttpStatusCode.Created, (await PostAsync(Body(), "k1")).StatusCode);

        Assert.Single(App.Workflows.Started);
    }

    [Fact]
    public async Task Post_TheAgendaKnowsTheGroup_BeforeTheOrderIsStored()
    {
        App.State.BeforeSave = save =>
        {
            if (save.Key.StartsWith("order:", StringComparison.Ordinal)) Assert.Contains(save.Key["order:".Length..], Encoding.UTF8.GetString(Assert.Single(App.State.Values("agenda:")).Value), StringComparison.Ordinal);
            return Task.CompletedTask;
        };

        Assert.Equal(HttpStatusCode.Created, (await PostAsync(Body(), "k1")).StatusCode);
    }

    [Fact]
    public async Task Post_SameKeyAndBody_ReplaysTheOrder()
    {
        var first = await DataAsync(await PostAsync(Body(amount: "42.5"), "k1"));

        var again = await PostAsync(Body(amount: "42.50"), "k1");

        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(first.GetProperty("id").GetString(), (await DataAsync(again)).GetProperty("id").GetString());
        Assert.Single(App.Workflows.Started);
    }

    [Fact]
    public async Task Post_SameKeyOtherBody_Is422()
    {
        await PostAsync(Body(), "k1");

        var other = await PostAsync(Body(quantity: 2), "k1");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", (await other.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Single(App.State.Values("order:"));
    }

    [Fact]
    public async Task Post_SameKeyOtherUser_IsAnotherOrder()
    {
        await PostAsync(Body(), "k1");

        Assert.Equal(HttpStatusCode.Created, (await PostAsync(Body(user: "u2"), "k1")).StatusCode);
        Assert.Equal(2, App.Workflows.Started.Count);
    }

    [Fact]
    public async Task Post_200AtOnceWithOneKey_PlaceOneOrder()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => PostAsync(Body(), "k1")));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Equal(199, answers.Count(answer => answer.Headers.Contains("Idempotency-Replayed")));
        Assert.Single(App.State.Values("order:"));
        Assert.Single(App.Workflows.Started);
    }

    [Fact]
    public async Task Post_WithoutKey_IsAnOrderOfItsOwnEachTime()
    {
        var first = await DataAsync(await PostAsync(Body(), key: null));
        var second = await DataAsync(await PostAsync(Body(), key: null));

        Assert.NotEqual(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
        Assert.True((await PostAsync(Body(), first.GetProperty("idempotencyKey").GetString())).Headers.Contains("Idempotency-Replayed"));
    }

    [Fact]
    public async Task Post_Lines_AreMergedByProduct()
    {
        var order = await DataAsync(await PostAsync("""{"userId":"u","lines":[{"productId":"a","quantity":1,"amount":1.10},{"productId":"b","quantity":2,"amount":2},{"productId":"a","quantity":3,"amount":3}]}""", "k"));

        Assert.Equal("""[{"line":1,"productId":"a","quantity":4,"amount":4.10},{"line":2,"productId":"b","quantity":2,"amount":2}]""", order.GetProperty("lines").GetRawText());
        Assert.Equal("6.10", order.GetProperty("amount").GetRawText());
        Assert.Equal(JsonValueKind.Null, order.GetProperty("productId").ValueKind);
    }

    [Theory]
    [InlineData("", "$", "请求体不能为空。")]
    [InlineData("nonsense", "$", "请求体不是有效的 JSON。")]
    [InlineData("[]", "$", "值的类型错误或超出范围。")]
    [InlineData("null", "$", "请求体不能为空。")]
    [InlineData("""{"productId":"p","quantity":1,"amount":1}""", "userId", "userId 不能为空。")]
    [InlineData("""{"userId":"u","quantity":1,"amount":1}""", "productId", "productId 不能为空。")]
    [InlineData("""{"userId":"u","productId":"p","amount":1}""", "quantity", "quantity 不能为空。")]
    [InlineData("""{"userId":"u","productId":"p","quantity":1}""", "amount", "amount 不能为空。")]
    [InlineData("""{"userId":"u","productId":"p","quantity":0,"amount":1}""", "quantity", "quantity 必须在 1 到 100000 之间。")]
    [InlineData("""{"userId":"u","productId":"p","quantity":"1","amount":1}""", "quantity", "值的类型错误或超出范围。")]
    [InlineData("""{"userId":"u","productId":"p","quantity":1,"amount":0}""", "amount", "amount 不得小于 0.01。")]
    [InlineData("""{"userId":"u","productId":"p","quantity":1,"amount":1.001}""", "amount", "金额由数字和小数点组成，小数点前最多 18 位，小数点后最多 2 位。")]
    [InlineData("""{"userId":7,"productId":"p","quantity":1,"amount":1}""", "userId", "值的类型错误或超出范围。")]
    [InlineData("""{"userId":"u","productId":"p","quantity":1,"amount":1,"colour":"red"}""", "colour", "未知字段。")]
    [InlineData("""{"userId":"u","lines":[{"productId":"p","quantity":1,"amount":1},{"productId":"q","quantity":-1,"amount":1}]}""", "lines[1].quantity", "quantity 必须在 1 到 100000 之间。")]
    [InlineData("""{"userId":"u","lines":[]}""", "lines", "lines 必须包含 1 到 50 项。")]
    public async Task Post_BadBody_NamesTheFieldInChinese(string body, string field, string message)
    {
        using var request = Request(body, "k");
        request.Headers.TryAddWithoutValidation("Accept-Language", "zh-CN,zh;q=0.9");
        var answer = await Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var error = problem.GetProperty("errors").EnumerateObject().Single();
        Assert.Equal((field, message), (error.Name, error.Value[0].GetString()));
        Assert.Equal("VALIDATION_FAILED", problem.GetProperty("code").GetString());
        Assert.Equal("urn:order-inventory:problem:validation-failed", problem.GetProperty("type").GetString());
        Assert.False(problem.GetProperty("success").GetBoolean());
        Assert.True(problem.TryGetProperty("traceId", out _));
        Assert.Empty(App.State.Values(""));
    }

    [Theory]
    [InlineData("zh-CN", true)]
    [InlineData("ZH-Hant-TW", true)]
    [InlineData("en-US,en;q=0.9,zh;q=0.8", false)]
    [InlineData("en;q=0.1,zh-HK;q=0.2", true)]
    [InlineData("fr,zh;q=0.1", true)]
    [InlineData("fr", false)]
    [InlineData("*", false)]
    [InlineData(";;;", false)]
    public async Task Post_BadBody_AnswersInTheLanguageAskedFor(string accepted, bool chinese)
    {
        using var request = Request("{}", "k");
        request.Headers.TryAddWithoutValidation("Accept-Language", accepted);
        var answer = await Http.SendAsync(request);

        Assert.Equal(chinese, (await answer.Content.ReadAsStringAsync()).Contains("不能为空", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_RemarkOf300KB_Is400AndOver1MiB413()
    {
        var answer = await PostAsync(Body(remark: new string('x', 300_000)), "k");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty("remark", out _));
        Assert.Empty(App.State.Values(""));
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("ü")]
    public async Task Post_BadKeyInBody_Is400(string key)
    {
        var answer = await PostAsync($$"""{"userId":"u","productId":"p","quantity":1,"amount":1,"idempotencyKey":"{{key}}"}""", key: null);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty("idempotencyKey", out _));
    }

    [Theory]
    [InlineData("agenda:", SaveFault.AppliedButUnknown)]
    [InlineData("agenda:", SaveFault.NotApplied)]
    [InlineData("user-orders:", SaveFault.AppliedButUnknown)]
    [InlineData("user-orders:", SaveFault.NotApplied)]
    [InlineData("recent-orders:", SaveFault.AppliedButUnknown)]
    [InlineData("recent-orders:", SaveFault.NotApplied)]
    [InlineData("order:", SaveFault.AppliedButUnknown)]
    [InlineData("order:", SaveFault.NotApplied)]
    public async Task Post_OneSaveGoesWrong_StillPlacesOneOrder(string prefix, SaveFault fault)
    {
        var once = 1;
        App.State.FaultOf = save => save.Key.StartsWith(prefix, StringComparison.Ordinal) && Interlocked.Exchange(ref once, 0) == 1 ? fault : SaveFault.None;

        Assert.Equal(HttpStatusCode.Created, (await PostAsync(Body(), "k")).StatusCode);
        Assert.True((await PostAsync(Body(), "k")).Headers.Contains("Idempotency-Replayed"));
        Assert.Single(App.State.Values("order:"));
        Assert.Single(App.Workflows.Started);
    }

    // Agenda, lists and order are saved; whichever of them is not, the same request later ends as if nothing had been.
    [Theory]
    [InlineData("agenda:")]
    [InlineData("user-orders:")]
    [InlineData("recent-orders:")]
    [InlineData("order:")]
    public async Task Post_OneOfItsSavesNeverSucceeds_Is503AndTheSameRequestLaterResumes(string prefix)
    {
        App.State.FaultOf = save => save.Key.StartsWith(prefix, StringComparison.Ordinal) ? SaveFault.NotApplied : SaveFault.None;
        var refused = await PostAsync(Body(), "k");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (refused.StatusCode, refused.Headers.RetryAfter is not null));
        Assert.Empty(App.Workflows.Started);
        App.State.FaultOf = _ => SaveFault.None;

        var resumed = await PostAsync(Body(), "k");

        Assert.Equal((HttpStatusCode.Created, prefix.EndsWith("-orders:", StringComparison.Ordinal)), (resumed.StatusCode, resumed.Headers.Contains("Idempotency-Replayed")));
        var id = (await DataAsync(resumed)).GetProperty("id").GetString()!;
        Assert.Equal("order:" + id, Assert.Single(App.State.Values("order:")).Key);
        Assert.Contains(id, Encoding.UTF8.GetString(Assert.Single(App.State.Values("user-orders:")).Value), StringComparison.Ordinal);
        Assert.Contains(App.State.Values("recent-orders:"), list => Encoding.UTF8.GetString(list.Value).Contains(id, StringComparison.Ordinal));
        Assert.Single(App.Workflows.Started);
    }

    [Fact]
    public async Task Post_WorkflowServiceDown_IsAcceptedAndLeftToTheAgenda()
    {
        App.Workflows.Down = true;

        Assert.Equal(HttpStatusCode.Created, (await PostAsync(Body(), "k")).StatusCode);

        Assert.Single(App.State.Values("agenda:"));
    }

    [Fact]
    public async Task Post_MoreOfAProductThanInventoryTakes_Is400()
    {
        var lines = string.Join(',', Enumerable.Repeat("""{"productId":"p","quantity":100000,"amount":1}""", 11));

        var answer = await PostAsync($$"""{"userId":"u","lines":[{{lines}}]}""", "k");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty("lines", out _));
        Assert.Empty(App.State.Values(""));
    }

    [Fact]
    public async Task Post_OrderAlreadyDecided_IsNotScheduledAgain()
    {
        var id = (await DataAsync(await PostAsync(Body(), "k"))).GetProperty("id").GetString()!;
        await App.BringAsync(id, OrderCommand.Confirm);
        App.Workflows.Started.Clear();

        Assert.Equal("CONFIRMED", (await DataAsync(await PostAsync(Body(), "k"))).GetProperty("status").GetString());
        Assert.Empty(App.Workflows.Started);
    }

    private Task<HttpResponseMessage> PostAsync(string body, string? key) => Http.SendAsync(Request(body, key));

    private static HttpRequestMessage Request(string body, string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return request;
    }

    private static string Body(string user = "u1", int quantity = 1, string amount = "42.50", string remark = "") =>
        $$"""{"userId":"{{user}}","productId":"p","quantity":{{quantity}},"amount":{{amount}},"remark":"{{remark}}"}""";

    private static async Task<JsonElement> DataAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(body.GetProperty("success").GetBoolean(), body.GetRawText());
        return body.GetProperty("data");
    }
}
