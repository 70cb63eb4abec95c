using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderApp.Domain;

namespace OrderApp.Tests;

public sealed class OrderCommandTests : OrderApiTests
{
    [Fact]
    public async Task Cancel_PendingOrder_IsTakenOverAndAnsweredWithTheOutcome()
    {
        var id = await PlaceAsync();

        var answering = PostAsync(id, "cancel", """{"reason":"changed my mind"}""", "wait=30");
        await Task.WhenAny(answering, ApplyOnceToldAsync(id, OrderCommand.Cancel));
        var answer = await answering;

        Assert.Equal((HttpStatusCode.OK, "\"2\""), (answer.StatusCode, answer.Headers.ETag?.Tag));
        Assert.Equal("wait=30", answer.Headers.GetValues("Preference-Applied").Single());
        Assert.Equal("CANCELLED", (await BodyAsync(answer)).GetProperty("data").GetProperty("status").GetString());
        Assert.Equal(2, App.Workflows.Started.Count);
    }

    [Fact]
    public async Task Pay_NeedsNoStock_IsDoneAtOnce()
    {
        var id = await PlaceAsync(OrderCommand.Confirm);

        var answer = await PostAsync(id, "pay", prefer: "respond-async");

        Assert.Equal((HttpStatusCode.OK, "\"3\""), (answer.StatusCode, answer.Headers.ETag?.Tag));
        Assert.Equal("PAID", (await BodyAsync(answer)).GetProperty("data").GetProperty("status").GetString());
        Assert.Equal(2, App.Workflows.Started.Count);
    }

    [Fact]
    public async Task Ship_NotDecidedInTime_Is202()
    {
        var id = await PlaceAsync(OrderCommand.Confirm, OrderCommand.Pay);

        var answer = await PostAsync(id, "ship", prefer: "respond-async");

        Assert.Equal((HttpStatusCode.Accepted, "/api/orders/" + id), (answer.StatusCode, answer.Headers.Location?.ToString()));
        Assert.Equal("respond-async", answer.Headers.GetValues("Preference-Applied").Single());
        Assert.Equal("PAID", (await BodyAsync(answer)).GetProperty("data").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Ship_RefundIsFaster_Is409()
    {
        var id = await PlaceAsync(OrderCommand.Confirm, OrderCommand.Pay);

        var answering = PostAsync(id, "ship", prefer: "wait=30");
        await Task.WhenAny(answering, ApplyOnceToldAsync(id, OrderCommand.Refund));
        var answer = await answering;

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("REFUNDED", (await BodyAsync(answer)).GetProperty("currentStatus").GetString());
    }

    // A refund that came while it was shipped is carried out at once after it.
    [Fact]
    public async Task Ship_DoneAndRefundedSince_Is200()
    {
        var id = await PlaceAsync(OrderCommand.Confirm, OrderCommand.Pay);

        var answering = PostAsync(id, "ship", prefer: "wait=30");
        await Task.WhenAny(answering, ApplyOnceToldAsync(id, OrderCommand.Ship, OrderCommand.Refund));
        var answer = await answering;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Command_OrderThatNobodyCanRead_Is503AndLeavesItAsItIs()
    {
        var id = await PlaceAsync(OrderCommand.Confirm);
        await App.DamageAsync(id);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await PostAsync(id, "pay")).StatusCode);
        Assert.Equal("damaged", Encoding.UTF8.GetString(App.State.Values("order:" + id).Single().Value));
    }

    [Fact]
    public async Task Ship_RefusedByInventory_Is409WithItsCodeAndShowsInTheOrder()
    {
        var id = await PlaceAsync(OrderCommand.Confirm, OrderCommand.Pay);
        var stored = (await App.Orders.ReadManyAsync([id], CancellationToken.None))[id];
        await App.Orders.SaveManyAsync([(stored.Order! with { Refusal = new OrderRefusal(OrderCommand.Ship, 1, "NOT_HELD", DateTimeOffset.UnixEpoch) }, stored.ETag)], CancellationToken.None);

        var answer = await PostAsync(id, "ship");
        var shown = await Http.GetAsync("/api/orders/" + id);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("NOT_HELD", (await BodyAsync(answer)).GetProperty("code").GetString());
        Assert.Equal("\"3-refused\"", shown.Headers.ETag?.Tag);
        Assert.Equal("""{"command":"SHIP","line":1,"code":"NOT_HELD","time":"1970-01-01T00:00:00+00:00"}""", (await BodyAsync(shown)).GetProperty("data").GetProperty("refusal").GetRawText());
    }

    [Theory]
    [InlineData("cancel", "Cancel")]
    [InlineData("cancel", "Confirm Cancel")]
    [InlineData("pay", "Confirm Pay")]
    [InlineData("pay", "Confirm Pay Ship")]
    [InlineData("ship", "Confirm Pay Ship Deliver")]
    [InlineData("deliver", "Confirm Pay Ship Deliver")]
    [InlineData("refund", "Confirm Pay Refund")]
    public async Task Command_DoneBefore_AnswersWithTheOrderAndTellsNobody(string command, string before)
    {
        var id = await PlaceAsync(before);

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(id, command)).StatusCode);
        Assert.Single(App.Workflows.Started);
    }

    [Theory]
    [InlineData("pay", "")]
    [InlineData("ship", "Confirm")]
    [InlineData("deliver", "Confirm Pay")]
    [InlineData("cancel", "Confirm Pay")]
    [InlineData("refund", "Confirm")]
    [InlineData("pay", "Confirm Cancel")]
    [InlineData("pay", "Confirm Pay Refund")]
    [InlineData("cancel", "Confirm Pay Refund")]
    public async Task Command_NotAllowed_Is409AndTellsNobody(string command, string before)
    {
        var id = await PlaceAsync(before);

        var answer = await PostAsync(id, command);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("ILLEGAL_TRANSITION", (await BodyAsync(answer)).GetProperty("code").GetString());
        Assert.Single(App.Workflows.Started);
    }

    [Fact]
    public async Task Pay_WhileTheOrderIsBeingCancelled_Is409AndCancelWaits()
    {
        var id = await PlaceAsync(OrderCommand.Confirm);

        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(id, "cancel", prefer: "wait=0")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(id, "pay")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(id, "cancel", prefer: "wait=0")).StatusCode);
        Assert.Equal(2, App.Workflows.Started.Count);
    }

    [Fact]
    public async Task Command_WorkflowServiceDown_IsDurableAndLeftToTheAgenda()
    {
        var id = await PlaceAsync(OrderCommand.Confirm);
        App.Workflows.Down = true;

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(id, "pay")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(id, "ship", prefer: "wait=0")).StatusCode);
    }

    [Fact]
    public async Task Command_StoreDown_Is503AndLaterDone()
    {
        var id = await PlaceAsync(OrderCommand.Confirm);
        App.State.Unreadable = true;
        var refused = await PostAsync(id, "pay");
        App.State.Unreadable = false;

        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (refused.StatusCode, refused.Headers.RetryAfter is not null));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(id, "pay")).StatusCode);
    }

    [Theory]
    [InlineData("""{"reason":""}""", "reason")]
    [InlineData("""{"reason":" "}""", "reason")]
    [InlineData("""{"reason":7}""", "reason")]
    [InlineData("""{"why":"x"}""", "why")]
    [InlineData("nonsense", "$")]
    public async Task Command_BadBody_Is400(string body, string field)
    {
        var id = await PlaceAsync(OrderCommand.Confirm);

        var answer = await PostAsync(id, "cancel", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await BodyAsync(answer)).GetProperty("errors").TryGetProperty(field, out _));
        Assert.Single(App.Workflows.Started);
    }

    [Theory]
    [InlineData("pay", """{"paymentId":""}""", "paymentId")]
    [InlineData("pay", """{"paymentId":"\u3000 \ufeff"}""", "paymentId")]
    [InlineData("pay", """{"paymentId":"a\u0007"}""", "paymentId")]
    [InlineData("pay", """{"amount":0}""", "amount")]
    [InlineData("pay", """{"amount":1.001}""", "amount")]
    [InlineData("pay", """{"restock":true}""", "restock")]
    [InlineData("refund", """{"restock":"yes"}""", "restock")]
    [InlineData("ship", """{"paymentId":"a"}""", "paymentId")]
    public async Task Command_BodyThatDoesNotFit_Is400(string command, string body, string field)
    {
        var answer = await PostAsync(await PlaceAsync(OrderCommand.Confirm), command, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await BodyAsync(answer)).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Refund_RestockIsNull_IsAsLeftOut()
    {
        var id = await PlaceAsync(OrderCommand.Confirm, OrderCommand.Pay);

        Assert.NotEqual(HttpStatusCode.BadRequest, (await PostAsync(id, "refund", """{"restock":null}""")).StatusCode);
    }

    [Fact]
    public async Task Pay_Named_ShowsInTheOrder()
    {
        var id = await PlaceAsync(OrderCommand.Confirm);

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(id, "pay", """{"paymentId":"pi_1","amount":"1.00"}""")).StatusCode);
        var again = await PostAsync(id, "pay", """{"paymentId":"pi_1","amount":1}""");

        Assert.Equal((HttpStatusCode.OK, true), (again.StatusCode, again.Headers.Contains("Idempotency-Replayed")));
        var payment = (await BodyAsync(await Http.GetAsync("/api/orders/" + id))).GetProperty("data").GetProperty("payments").EnumerateArray().Single();
        Assert.Equal(("pi_1", "1.00", false), (payment.GetProperty("paymentId").GetString(), payment.GetProperty("amount").GetRawText(), payment.GetProperty("late").GetBoolean()));
    }

    [Theory]
    [InlineData("pi_1", "This payment was reported with the amount 1.00 before.")]
    [InlineData("pi_2", "Another payment has paid this order.")]
    public async Task Pay_OtherAmountThanReportedBefore_SaysWhatItWas(string payment, string message)
    {
        var id = await PlaceAsync(OrderCommand.Confirm);
        await PostAsync(id, "pay", """{"paymentId":"pi_1","amount":"1.00"}""");

        var other = await PostAsync(id, "pay", $$"""{"paymentId":"{{payment}}","amount":2}""");

        Assert.Equal(message, (await BodyAsync(other)).GetProperty("message").GetString());
    }

    [Fact]
    public async Task Pay_OtherAmountThanTheOrders_SaysThat()
    {
        var answer = await PostAsync(await PlaceAsync(OrderCommand.Confirm), "pay", """{"paymentId":"pi_1","amount":2}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "The payment is not the one of 1 that this order needs."), (answer.StatusCode, (await BodyAsync(answer)).GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Pay_AfterTheOrderWasCancelled_IsLate()
    {
        var id = await PlaceAsync(OrderCommand.Confirm, OrderCommand.Cancel);

        var answer = await PostAsync(id, "pay", """{"paymentId":"pi_1","amount":1}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var order = (await BodyAsync(answer)).GetProperty("data");
        Assert.Equal(("CANCELLED", true), (order.GetProperty("status").GetString(), order.GetProperty("payments")[0].GetProperty("late").GetBoolean()));
        Assert.Equal(2, App.Workflows.Started.Count);
    }

    [Fact]
    public async Task Pay_NamedWhileTheOrderIsBeingCancelled_Is503AndNoFailure()
    {
        using var log = new Warnings();
        App.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        var id = await PlaceAsync(OrderCommand.Confirm);
        await PostAsync(id, "cancel", prefer: "wait=0");

        var answer = await PostAsync(id, "pay", """{"paymentId":"pi_1"}""");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (answer.StatusCode, answer.Headers.RetryAfter is not null));
        Assert.Equal("UNAVAILABLE", (await BodyAsync(answer)).GetProperty("code").GetString());
        Assert.Empty(log.Lines);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("0198aaaa-0000-7000-8000-000000000000")]
    public async Task Command_UnknownOrder_Is404(string id) =>
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(id, "cancel")).StatusCode);

    private async Task ApplyOnceToldAsync(string id, params OrderCommand[] commands)
    {
        await OrderInventory.Testing.Eventually.GetAsync(() => Task.FromResult(App.Workflows.Started.Count), count => count > 1, TimeSpan.FromSeconds(30), "the command is accepted");
        await App.BringAsync(id, commands);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
    }

    private Task<string> PlaceAsync(params OrderCommand[] commands) => PlaceAsync(string.Join(' ', commands));

    private async Task<string> PlaceAsync(string commands)
    {
        var answer = await Http.PostAsJsonAsync("/api/orders", new { userId = "u", productId = "p", quantity = 1, amount = 1 });
        var id = (await BodyAsync(answer)).GetProperty("data").GetProperty("id").GetString()!;
        foreach (var command in commands.Split(' ', StringSplitOptions.RemoveEmptyEntries)) await App.BringAsync(id, Enum.Parse<OrderCommand>(command));
        return id;
    }

    private Task<HttpResponseMessage> PostAsync(string id, string command, string? body = null, string? prefer = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/orders/{id}/{command}");
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (prefer is not null) request.Headers.TryAddWithoutValidation("Prefer", prefer);
        return Http.SendAsync(request);
    }

    private static Task<JsonElement> BodyAsync(HttpResponseMessage answer) => answer.Content.ReadFromJsonAsync<JsonElement>();
}
