using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

/// <summary>inventory-app in this process, on a fake sidecar.</summary>
internal sealed class InventoryApi : WebApplicationFactory<Program>
{
    public const string AppToken = "the-app-token";

    public FakeStateStore State { get; } = new();

    public FakeEventPublisher Events { get; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public int MaxConcurrentRequests { get; init; } = 1_000;

    public Dictionary<string, string> Settings { get; init; } = [];

    /// <summary>Delivers a bulk of messages on <c>inventory-deduction</c> as the sidecar does; returns the status of each entry.</summary>
    public async Task<Dictionary<string, string>> DeliverAsync(params (string EntryId, object Data)[] entries)
    {
        using var http = CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/dapr/events/inventory-deduction") { Content = JsonContent.Create(Batch(entries)) };
        request.Headers.Add("dapr-api-token", AppToken);
        var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("statuses").EnumerateArray()
            .ToDictionary(status => status.GetProperty("entryId").GetString()!, status => status.GetProperty("status").GetString()!);
    }

    /// <summary>The body of a bulk delivery.</summary>
    public static object Batch(params (string EntryId, object Data)[] entries) => new
    {
        id = "batch",
        entries = entries.Select(entry => new
        {
            entryId = entry.EntryId,
            @event = new { specversion = "1.0", id = "x", data = entry.Data },
            contentType = "application/cloudevents+json",
            metadata = new Dictionary<string, string> { ["__key"] = "the-key" },
        }),
    };

    /// <summary>A valid DEDUCT message, unless the arguments are not.</summary>
    public static object Deduct(string order, int quantity, string product = "p", int line = 1) => Message("DEDUCT", order, quantity, product, line);

    /// <summary>A SHIP message.</summary>
    public static object Ship(string order, int quantity, string product = "p", int line = 1) => Message("SHIP", order, quantity, product, line);

    /// <summary>A message of that operation.</summary>
    public static object Message(string operation, string order, int quantity, string product, int line = 1) => new
    {
        operation,
        orderId = order,
        line,
        productId = product,
        quantity,
        idempotencyKey = $"{order}:{line}:{operation.ToLowerInvariant()}",
        timestamp = "2026-01-01T00:00:00Z",
    };

    /// <summary>Stores what the app would never write.</summary>
    public Task WriteAsync(string key, string value) => State.SaveAsync(new StateSave(key, Encoding.UTF8.GetBytes(value), SaveCondition.None), CancellationToken.None);

    public override ValueTask DisposeAsync()
    {
        var ending = base.DisposeAsync();
        // The queue ends when its rounds have, and those may wait for time to pass.
        return Time is FakeTimeProvider clock ? new(clock.UntilAsync(ending.AsTask(), TimeSpan.FromMilliseconds(100))) : ending;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) Events.Verify();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("APP_API_TOKEN", AppToken);
        // For UseKestrel: given a port, the factory sets the address while the app starts, and fails when that is sooner.
        builder.UseSetting("URLS", "http://127.0.0.1:0");
        builder.UseSetting("Http:MaxConcurrentRequests", MaxConcurrentRequests.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (var (name, value) in Settings) builder.UseSetting(name, value);
        builder.ConfigureTestServices(services => services.AddSingleton<IStateStore>(State).AddSingleton<IEventPublisher>(Events).AddSingleton(Time));
    }
}
