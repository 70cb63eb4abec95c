using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderApp.Domain;
using OrderApp.Workflows;

namespace OrderApp.Tests;

public sealed class OrderCommandTests : IAsyncLifetime
{
    private OrderApi _app = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _app = await OrderApi.StartAsync();
        _http = _app.CreateClient();
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

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
        var raised = Assert.Single(_app.Workflows.Raised);
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
        Assert.Empty(_app.Workflows.Raised);
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
        Assert.Empty(_app.Workflows.Raised);
    }

    [Fact]
    public async Task Pay_WhileTheOrderIsBeingCancelled_Is409AndCancelWaits()
    {
        var id = await PlaceAsync(OrderCommand.Confirm);
        await _app.Orders.WaitForAsync(id, OrderCommand.Cancel, [1], null, CancellationToken.None);

        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(id, "pay")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(id, "cancel", prefer: "wait=0")).StatusCode);
        Assert.Empty(_app.Workflows.Raised);
    }

    [Fact]
    public async Task Command_WorkflowServiceDown_Is503AndLaterDone()
    {
        var id = await PlaceAsync(OrderCommand.Confirm);
        _app.Workflows.Down = true;
        var refused = await PostAsync(id, "pay");
        _app.Workflows.Down = false;

        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (refused.StatusCode, refused.Headers.RetryAfter is not null));
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(id, "pay", prefer: "wait=0")).StatusCode);
        Assert.Single(_app.Workflows.Raised);
    }

    [Theory]
    [InlineData("Confirm", HttpStatusCode.ServiceUnavailable, 0)]
    [InlineData("", HttpStatusCode.Accepted, 1)]
    public async Task Cancel_WorkflowGone_OnlyAPendingOrderIsScheduledAgain(string before, HttpStatusCode status, int scheduled)
    {
        var id = await PlaceAsync(before);
        _app.Workflows.Started.Clear();

        Assert.Equal(status, (await PostAsync(id, "cancel", prefer: "wait=0")).StatusCode);
        Assert.Equal(scheduled, _app.Workflows.Started.Count);
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
        Assert.Empty(_app.Workflows.Raised);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("0198aaaa-0000-7000-8000-000000000000")]
    public async Task Command_UnknownOrder_Is404(string id) =>
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(id, "cancel")).StatusCode);

    private async Task ApplyOnceToldAsync(string id, OrderCommand command)
    {
        await OrderInventory.Testing.Eventually.GetAsync(() => Task.FromResult(_app.Workflows.Raised.Count), count => count > 0, TimeSpan.FromSeconds(30), "the workflow is told");
        await _app.Orders.ApplyAsync(id, command, null, CancellationToken.None);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
    }

    private Task<string> PlaceAsync(params OrderCommand[] commands) => PlaceAsync(string.Join(' ', commands));

    private async Task<string> PlaceAsync(string commands)
    {
        var answer = await _http.PostAsJsonAsync("/api/orders", new { userId = "u", productId = "p", quantity = 1, amount = 1 });
        var id = (await BodyAsync(answer)).GetProperty("data").GetProperty("id").GetString()!;
        foreach (var command in commands.Split(' ', StringSplitOptions.RemoveEmptyEntries)) await _app.Orders.ApplyAsync(id, Enum.Parse<OrderCommand>(command), null, CancellationToken.None);
        return id;
    }

    private Task<HttpResponseMessage> PostAsync(string id, string command, string? body = null, string? prefer = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/orders/{id}/{command}");
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (prefer is not null) request.Headers.TryAddWithoutValidation("Prefer", prefer);
        return _http.SendAsync(request);
    }

    private static Task<JsonElement> BodyAsync(HttpResponseMessage answer) => answer.Content.ReadFromJsonAsync<JsonElement>();
}
