using Dapr.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using OrderInventory.ServiceDefaults.Health;

namespace OrderInventory.ServiceDefaults.Tests;

/// <summary>
/// An app is ready when its sidecar says that it is, and answers on the channel that the app uses. It is dead when a sidecar that answered
/// once does not come back.
/// </summary>
public sealed class SidecarHealthTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication _http;
    private int _outbound = StatusCodes.Status204NoContent;
    private FakeDapr _dapr = null!;

    public SidecarHealthTests()
    {
        _http = WebApplication.CreateSlimBuilder().Build();
        _http.Urls.Add("http://127.0.0.1:0");
        _http.MapGet("/v1.0/healthz/outbound", async (CancellationToken gone) =>
        {
            if (_outbound != 0) return TypedResults.StatusCode(_outbound);
            _hanging.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, gone);
            return TypedResults.StatusCode(StatusCodes.Status500InternalServerError);
        });
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
        using var dapr = Client();
        if (!isGrpcUp) await _dapr.StopAsync();

        var result = await new SidecarHealth(dapr, _dapr.Channel, _time).CheckHealthAsync(new HealthCheckContext());

        Assert.Equal(expected, result.Status);
    }

    [Fact]
    public async Task Check_SidecarThatHangs_IsToldBeforeAProbeGivesUp()
    {
        _outbound = 0;
        using var dapr = Client();
        var check = new SidecarHealth(dapr, _dapr.Channel, _time).CheckHealthAsync(new HealthCheckContext());
        await _hanging.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(check.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(HealthStatus.Unhealthy, (await check.WaitAsync(TimeSpan.FromSeconds(30))).Status);
    }

    [Fact]
    public async Task Loss_OfASidecarThatAnswered_CountsFromItsFirstSilence()
    {
        using var dapr = Client();
        var loss = Loss(dapr, TimeSpan.FromMinutes(5));
        Assert.Equal(HealthStatus.Healthy, await AskAsync(loss, answers: true, after: TimeSpan.Zero));
        // The probes may have paused: that nobody asked is no silence.
        Assert.Equal(HealthStatus.Healthy, await AskAsync(loss, answers: false, after: TimeSpan.FromMinutes(9)));
        Assert.Equal(HealthStatus.Healthy, await AskAsync(loss, answers: false, after: TimeSpan.FromSeconds(299)));

        Assert.Equal(HealthStatus.Unhealthy, await AskAsync(loss, answers: false, after: TimeSpan.FromSeconds(1)));
        Assert.Equal(HealthStatus.Healthy, await AskAsync(loss, answers: true, after: TimeSpan.FromSeconds(1)));
        Assert.Equal(HealthStatus.Healthy, await AskAsync(loss, answers: false, after: TimeSpan.FromMinutes(4)));
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(0, true)]
    public async Task Loss_NeverAnsweredOrNeverWanted_IsNone(int minutes, bool answeredBefore)
    {
        using var dapr = Client();
        var loss = Loss(dapr, TimeSpan.FromMinutes(minutes));
        if (answeredBefore) await AskAsync(loss, answers: true, after: TimeSpan.Zero);
        await AskAsync(loss, answers: false, after: TimeSpan.Zero);

        Assert.Equal(HealthStatus.Healthy, await AskAsync(loss, answers: false, after: TimeSpan.FromDays(2)));
    }

    private DaprClient Client() => new DaprClientBuilder().UseHttpEndpoint(_http.Urls.First()).UseGrpcEndpoint(_http.Urls.First()).Build();

    private SidecarLoss Loss(DaprClient dapr, TimeSpan patience) => new(new SidecarHealth(dapr, _dapr.Channel, _time), new HealthOptions { SidecarLostAfter = patience }, _time);

    private async Task<HealthStatus> AskAsync(SidecarLoss loss, bool answers, TimeSpan after)
    {
        _outbound = answers ? StatusCodes.Status204NoContent : StatusCodes.Status500InternalServerError;
        _time.Advance(after);
        return (await loss.CheckHealthAsync(new HealthCheckContext())).Status;
    }
}
