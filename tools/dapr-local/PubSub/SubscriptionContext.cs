using DaprLocal.Config;

namespace DaprLocal.PubSub;

/// <summary>All that a delivery needs. <paramref name="Abort"/> ends the calls that are under way.</summary>
internal sealed record SubscriptionContext(
    string AppId,
    Subscription Subscription,
    PubSubComponent PubSub,
    ComponentPolicy? Policy,
    AppChannel App,
    TimeProvider Time,
    ILogger Log,
    CancellationToken Abort)
{
    /// <summary>A delivery that is refused or fails inside the sidecar goes on after this.</summary>
    public static TimeSpan FaultPause { get; } = TimeSpan.FromSeconds(1);

    /// <summary>True when the subscription wants bytes that are no CloudEvent.</summary>
    public bool IsRaw { get; } = Subscription.Metadata.TryGetValue("rawPayload", out var raw) && bool.TryParse(raw, out var isRaw) && isRaw;

    /// <summary>When failures come again.</summary>
    public RetryRules Retries { get; } = new(Policy?.Retry, Subscription.DeadLetterTopic is not null, PubSub.BackOff);

    /// <summary>Copies a record to the dead letter topic, with its origin in <paramref name="headers"/>; false when it must be tried again.</summary>
    public async Task<bool> TryDeadLetterAsync(BrokerMessage message, IReadOnlyDictionary<string, string> headers)
    {
        try
        {
            if (!PubSub.Scopes.MayPublish(Subscription.DeadLetterTopic!)) throw new BrokerException($"the publishingScopes of '{PubSub.Name}' do not allow {Subscription.DeadLetterTopic}");
            await PubSub.Broker.PublishAsync(Subscription.DeadLetterTopic!, [new NewMessage(message.Key, headers, message.Body)], Abort);
            PubSubLog.DeadLettered(Log, message.Topic, message.Partition, message.Offset, Subscription.DeadLetterTopic!);
            return true;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            PubSubLog.LoopFailed(Log, message.Topic, AppId, PubSub.BackOff, error);
            return false;
        }
    }
}
