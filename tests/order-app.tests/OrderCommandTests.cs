using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderApp.Domain;
using OrderApp.Workflows;

namespace OrderApp.Tests;

public sealed class OrderCommandTests : OrderApiTests
{
    [Fact]
    public async Task Cancel_PendingOrder_TellsTheWorkflowAndAnswersWithTheOutcome()
    {
        var id = await PlaceAsync();

        var answering = PostAsync(id, "cancel", """{"reason":"changed my mind"}""", "wait=30");
        await Task.WhenAny(answering, ApplyOnceToldAsync(id, OrderCommand.Cancel));
        var answer = await answering;

        Assert.Equal((HttpStatusCode.OK, "\"2\""), (answer.StatusCode, answer.Headers.ETag?.Tag));
        Assert.Equal("wait=30", answer.Headers.GetValues("Preference-Applied").Single());
        Assert.Equal("CANCELLED", (await BodyAsync(answer)).GetProperty("data").GetProperty("status").GetString());
        var raised = Assert.Single(App.Workflows.Raised);
        Assert.Equal((id, OrderSignal.EventName), (raised.InstanceId, raised.Name));
        Assert.Equal("""{"results":null,"command":{"command":"CANCEL","reason":"changed my mind"}}""", raised.Input);
    }

    [Fact]
    public async Task Pay_NotDecidedInTime_Is202()
    {
        var id = await PlaceAsync(OrderCommand.Confirm);

        var answer = await PostAsync(id, "pay", prefer: "respond-async");

        Assert.Equal((HttpStatusCode.Accepted, "/api/orders/" + id), (answer.StatusCode, answer.Headers.Location?.ToString()));
        Assert.Equal("respond-async", answer.Headers.GetValues("Preference-Applied").Single());
        Assert.Equal("CONFIRMED", (await BodyAsync(answer)).GetProperty("data").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Pay_CancelIsFaster_Is409()
    {
        var id = await PlaceAsync(OrderCommand.Confirm);

        var answering = PostAsync(id, "pay", prefer: "wait=30");
        await Task.WhenAny(answering, ApplyOnceToldAsync(id, OrderCommand.Cancel));
        var answer = await answering;

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("CANCELLED", (await BodyAsync(answer)).GetProperty("currentStatus").GetString());
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
        Assert.Empty(App.Workflows.Raised);
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
        Assert.Empty(App.Workflows.Raised);
    }

    [Fact]
    public async Task Pay_WhileTheOrderIsBeingCancelled_Is409AndCancelWaits()
    {
        var id = await PlaceAsync(OrderCommand.Confirm);
        await App.Orders.WaitForAsync(id, OrderCommand.Cancel, [1], null, CancellationToken.None);

        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(id, "pay")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(id, "cancel", prefer: "wait=0")).StatusCode);
        Assert.Empty(App.Workflows.Raised);
    }

    [Fact]
    public async Task Command_WorkflowServiceDown_Is503AndLaterDone()
    {
        var id = await PlaceAsync(OrderCommand.Confirm);
        App.Workflows.Down = true;
        var refused = await PostAsync(id, "pay");
        App.Workflows.Down = false;

        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (refused.StatusCode, refused.Headers.RetryAfter is not null));
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(id, "pay", prefer: "wait=0")).StatusCode);
        Assert.Single(App.Workflows.Raised);
    }

    [Theory]
    [InlineData("Confirm", HttpStatusCode.ServiceUnavailable, 0)]
    [InlineData("", HttpStatusCode.Accepted, 1)]
    public async Task Cancel_WorkflowGone_OnlyAPendingOrderIsScheduledAgain(string before, HttpStatusCode status, int scheduled)
    {
        var id = await PlaceAsync(before);
        App.Workflows.Started.Clear();

        Assert.Equal(status, (await PostAsync(id, "cancel", prefer: "wait=0")).StatusCode);
        Assert.Equal(scheduled, App.Workflows.Started.Count);
    }

    [Theory]
    [InlineData("""{"reason":""}""", "reason")]
    [InlineData("""{"reason":7}""", "reason")]
    [InlineData("""{"why":"x"}""", "why")]
    [InlineData("nonsense", "$")]
    public async Task Command_BadBody_Is400(string body, string field)
    {
        var id = await PlaceAsync(OrderCommand.Confirm);

        var answer = await PostAsync(id, "cancel", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await BodyAsync(answer)).GetProperty("errors").TryGetProperty(field, out _));
        Assert.Empty(App.Workflows.Raised);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("0198aaaa-0000-7000-8000-000000000000")]
    public async Task Command_UnknownOrder_Is404(string id) =>
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(id, "cancel")).StatusCode);

    private async Task ApplyOnceToldAsync(string id, OrderCommand command)
    {
        await OrderInventory.Testing.Eventually.GetAsync(() => Task.FromResult(App.Workflows.Raised.Count), count => count > 0, TimeSpan.FromSeconds(30), "the workflow is told");
        await App.Orders.ApplyAsync(id, command, null, CancellationToken.None);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
    }

    private Task<string> PlaceAsync(params OrderCommand[] commands) => PlaceAsync(string.Join(' ', commands));

    private async Task<string> PlaceAsync(string commands)
    {
        var answer = await Http.PostAsJsonAsync("/api/orders", new { userId = "u", productId = "p", quantity = 1, amount = 1 });
        var id = (await BodyAsync(answer)).GetProperty("data").GetProperty("id").GetString()!;
        foreach (var command in commands.Split(' ', StringSplitOptions.RemoveEmptyEntries)) await App.Orders.ApplyAsync(id, Enum.Parse<OrderCommand>(command), null, CancellationToken.None);
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
