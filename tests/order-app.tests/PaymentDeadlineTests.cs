using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace OrderApp.Tests;

/// <summary>The deadline that a client gives an order of its own.</summary>
public sealed class PaymentDeadlineTests : OrderApiTests
{
    [Theory]
    [InlineData("PT1M", 1)]
    [InlineData("PT1H30M", 90)]
    [InlineData("P7D", 10080)]
    public async Task Deadline_OfTheOrder_IsStored(string deadline, int minutes)
    {
        var answer = await PostAsync($$"""{"userId":"u","productId":"p","quantity":1,"amount":1,"paymentDeadline":"{{deadline}}"}""");

        var order = await App.Orders.FindAsync((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()!, CancellationToken.None);

        Assert.Equal(TimeSpan.FromMinutes(minutes), order!.PaymentDeadline);
    }

    [Theory]
    [InlineData("PT59S")]
    [InlineData("PT0S")]
    [InlineData("-PT5M")]
    [InlineData("P8D")]
    [InlineData("P1Y")]
    [InlineData("P99999999999D")]
    [InlineData("30")]
    [InlineData("")]
    [InlineData("PT1H ")]
    [InlineData("P1W")]
    public async Task Deadline_OutOfBounds_Is400(string deadline)
    {
        var answer = await PostAsync($$"""{"userId":"u","productId":"p","quantity":1,"amount":1,"paymentDeadline":"{{deadline}}"}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty("paymentDeadline", out _));
    }

    [Fact]
    public async Task Deadline_Another_IsAnotherRequest()
    {
        const string order = """{"userId":"u","productId":"p","quantity":1,"amount":1""";
        await PostAsync(order + "}", "k");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(order + ",\"paymentDeadline\":\"PT5M\"}", "k")).StatusCode);
    }

    private Task<HttpResponseMessage> PostAsync(string body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return Http.SendAsync(request);
    }
}
