using Dapr.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrderInventory.ServiceDefaults.Health;

namespace OrderInventory.ServiceDefaults.Tests;

/// <summary>An app is ready when its sidecar says that it is, and answers on the channel that the app uses.</summary>
public sealed class SidecarHealthTests : IAsyncLifetime
{
    private readonly WebApplication _http;
    private int _outbound = StatusCodes.Status204NoContent;
    private FakeDapr _dapr = null!;

    public SidecarHealthTests()
    {
        _http = WebApplication.CreateSlimBuilder().Build();
        _http.Urls.Add("http://127.0.0.1:0");
        _http.MapGet("/v1.0/healthz/outbound", () => TypedResults.StatusCode(_outbound));
    }

    public async Task InitializeAsync()
    {
        await _http.StartAsync();
        _dapr = await FakeDapr.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _http.DisposeAsync();
        await _dapr.DisposeAsync();
    }

    [Theory]
    [InlineData(204, true, HealthStatus.Healthy)]
    [InlineData(204, false, HealthStatus.Unhealthy)]
    [InlineData(500, true, HealthStatus.Unhealthy)]
    public async Task Check_TellsWhetherBothAnswer(int outbound, bool isGrpcUp, HealthStatus expected)
    {
        _outbound = outbound;
        using var dapr = new DaprClientBuilder().UseHttpEndpoint(_http.Urls.First()).UseGrpcEndpoint(_http.Urls.First()).Build();
        if (!isGrpcUp) await _dapr.StopAsync();

        var result = await new SidecarHealth(dapr, _dapr.Channel).CheckHealthAsync(new HealthCheckContext());

        Assert.Equal(expected, result.Status);
    }
}
