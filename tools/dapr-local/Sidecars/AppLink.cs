using System.Net.Sockets;
using DaprLocal.Api;
using DaprLocal.Config;
using DaprLocal.PubSub;

namespace DaprLocal.Sidecars;

/// <summary>
/// Waits for the app, asks it once for its subscriptions, and serves them until disposed; with a health check, only while
/// the app is healthy.
/// </summary>
internal sealed partial class AppLink(SidecarOptions options, IReadOnlyDictionary<string, PubSubComponent> pubsubs, MetadataApi metadata, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan DialInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxAskInterval = TimeSpan.FromSeconds(1);
    private readonly AppChannel _channel = new(options.AppChannelAddress, options.AppPort!.Value, options.AppToken);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Subscriber? _subscriber;
    private Task _run = Task.CompletedTask;

    /// <summary>True once the app's port has accepted a connection.</summary>
    public bool IsListening => metadata.IsHostReady;

    /// <summary>False while the health check says that the app must be left alone.</summary>
    public bool IsHealthy { get; private set; } = options.HealthCheck is null;

    /// <summary>Ends when the app is served.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Begins to wait for the app.</summary>
    public void Start() => _run = Task.Run(RunAsync);

    /// <summary>Ends the deliveries; their offsets are saved.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        if (_subscriber is not null) await _subscriber.DisposeAsync();
        _channel.Dispose();
        _ready.TrySetCanceled();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (!await IsPortOpenAsync() || !await IsAnsweringAsync()) await Task.Delay(DialInterval, time, _stop.Token);
            IsHealthy = true;
            metadata.IsHostReady = true;
            await AskAsync("dapr/config");
            var subscriptions = pubsubs.Count == 0 ? [] : SubscriptionsOf(await AskAsync("dapr/subscribe"));
            metadata.Subscriptions = Serve(subscriptions);
            _ready.TrySetResult();
            if (options.HealthCheck is { } check) await WatchAsync(check, subscriptions);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _ready.TrySetCanceled();
        }
        catch (Exception error)
        {
            NotServed(log, options.AppId, error.Message);
            _ready.TrySetException(error);
            _ = _ready.Task.Exception;
        }
    }

    private IReadOnlyList<Subscription> Serve(IEnumerable<Subscription> subscriptions)
    {
        _subscriber = new Subscriber(options, pubsubs, _channel, time, log);
        return _subscriber.Start(subscriptions);
    }

    // An app that is not healthy gets no deliveries and no calls; its first good answer brings them back.
    private async Task WatchAsync(AppHealthCheck check, IReadOnlyList<Subscription> subscriptions)
    {
        for (var failures = 0; ;)
        {
            await Task.Delay(check.Interval, time, _stop.Token);
            failures = await IsAnsweringAsync() ? 0 : failures + 1;
            if (failures == check.Threshold && IsHealthy)
            {
                Unhealthy(log, options.AppId, check.Path, failures);
                IsHealthy = false;
                await _subscriber!.DisposeAsync();
                _subscriber = null;
            }
            else if (failures == 0 && !IsHealthy)
            {
                HealthyAgain(log, options.AppId);
                IsHealthy = true;
                Serve(subscriptions);
            }
        }
    }

    private async Task<bool> IsAnsweringAsync() => options.HealthCheck is not { } check || (await _channel.ProbeAsync(check.Path, check.Timeout, time, _stop.Token)).IsSuccess;

    private IReadOnlyList<Subscription> SubscriptionsOf(AppAnswer answer)
    {
        if (answer.IsSuccess) return SubscriptionReader.Read(options.AppId, answer.Body);
        if (answer.Status != 404) PubSubLog.SubscribeAnswered(log, options.AppId, answer.Status);
        return [];
    }

    // An app that listens but does not answer yet is asked again; an answer, whatever it says, is final.
    private async Task<AppAnswer> AskAsync(string path)
    {
        for (var pause = MaxAskInterval / 4; ; pause = pause * 2 < MaxAskInterval ? pause * 2 : MaxAskInterval)
        {
            var answer = await _channel.GetAsync(path, options.AppId, _stop.Token);
            if (answer.Status != 0) return answer;
            await Task.Delay(pause, time, _stop.Token);
        }
    }

    private async Task<bool> IsPortOpenAsync()
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(options.AppChannelAddress, options.AppPort!.Value, _stop.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [LoggerMessage(221, LogLevel.Warning, "{AppId} failed its health check {Path} {Failures} times in a row; it gets no deliveries and no calls until it answers")]
    private static partial void Unhealthy(ILogger log, string appId, string path, int failures);

    [LoggerMessage(222, LogLevel.Information, "{AppId} is healthy again")]
    private static partial void HealthyAgain(ILogger log, string appId);

    [LoggerMessage(212, LogLevel.Error, "{AppId} is not served: {Reason}")]
    private static partial void NotServed(ILogger log, string appId, string reason);
}
