using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderApp.Stuck;

namespace OrderApp.Tests;

/// <summary>The engine purges workflows that are over; their orders stay where they are, whatever still comes for them.</summary>
public sealed class PurgedWorkflowTests : OrderApiTests
{
    private static readonly string[] Commands = ["cancel", "pay", "ship", "deliver", "refund"];

    public PurgedWorkflowTests() : base(frozen: true)
    {
    }

    [Theory]
    [InlineData("Cancel", "CANCELLED")]
    [InlineData("Confirm Cancel", "CANCELLED")]
    [InlineData("Confirm Pay Refund", "REFUNDED")]
    [InlineData("Confirm Pay Ship Deliver", "DELIVERED")]
    public async Task OrderWhoseWorkflowIsPurged_WhateverComes_IsNotRunAgain(string commands, string status)
    {
        var (first, order) = await PlaceAsync();
        foreach (var command in commands.Split(' ')) await App.Orders.ApplyAsync(order, Enum.Parse<OrderCommand>(command), null, CancellationToken.None);
        App.Time.Advance(TimeSpan.FromDays(365));
        App.Workflows.Started.Clear();
        var published = App.Events.Published.Count;
        var before = await Http.GetStringAsync($"/api/orders/{order}");

        var (again, sameOrder) = await PlaceAsync();
        var commanded = new Dictionary<string, HttpStatusCode>();
        foreach (var command in Commands) commanded[command] = (await Http.PostAsync($"/api/orders/{order}/{command}", null)).StatusCode;
        var delivered = await DeliverLateResultsAsync(order);
        // As a search finds it that was slower than the workflow.
        await App.Services.GetRequiredService<OpenOrderStore>().AddAsync(order);
        for (var search = 0; search < 3; search++)
        {
            App.Time.Advance(TimeSpan.FromMinutes(3));
            await App.Services.GetRequiredService<StuckOrderSearch>().SearchAsync(CancellationToken.None);
        }

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, order), (first, again, sameOrder));
        Assert.All(commanded.Values, answer => Assert.True(answer is HttpStatusCode.OK or HttpStatusCode.Conflict, $"{answer}"));
        Assert.Equal(["SUCCESS", "SUCCESS"], delivered);
        Assert.Equal((0, 0, published), (App.Workflows.Started.Count, App.Workflows.Raised.Count, App.Events.Published.Count));
        Assert.Equal(before, await Http.GetStringAsync($"/api/orders/{order}"));
        Assert.Contains($"\"{status}\"", before, StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, string OrderId)> PlaceAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = JsonContent.Create(new { userId = "u", productId = "p", quantity = 1, amount = 1 }) };
        request.Headers.Add("Idempotency-Key", "the-key");
        using var answer = await Http.SendAsync(request);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()!);
    }

    private async Task<string[]> DeliverLateResultsAsync(string order)
    {
        object Result(string operation) => new { operation, orderId = order, line = 1, productId = "p", quantity = 1, success = true, code = "HELD", availableStock = 5, timestamp = "2026-01-01T00:00:00Z" };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/dapr/events/inventory-deduction-result")
        {
            Content = JsonContent.Create(new { entries = new[] { "DEDUCT", "RESTORE" }.Select(operation => new { entryId = operation, @event = new { specversion = "1.0", data = Result(operation) } }) }),
        };
        request.Headers.Add("dapr-api-token", OrderApi.AppToken);
        using var answer = await Http.SendAsync(request);
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("statuses").EnumerateArray().Select(status => status.GetProperty("status").GetString()!)];
    }
}
