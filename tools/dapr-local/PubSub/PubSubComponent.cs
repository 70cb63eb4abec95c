using DaprLocal.Costs;

namespace DaprLocal.PubSub;

/// <summary>A pub/sub as one app sees it; <paramref name="BackOff"/> is the pause before a failed delivery comes again.</summary>
internal sealed record PubSubComponent(string Name, IBroker Broker, string Group, TimeSpan BackOff, TopicScopes Scopes)
{
    /// <summary>What its operations cost.</summary>
    public CostModel Costs { get; init; } = CostModel.None;

    /// <summary>daprd's lock over all bulk subscriptions that an app has with the component; used with <c>--costs</c> only.</summary>
    public SemaphoreSlim BulkTurn { get; } = new(1);
}

/// <summary>W3C trace context of a publisher; empty where there is none.</summary>
internal readonly record struct TraceContext(string Parent, string State);

/// <summary>One entry of a bulk publish; <paramref name="Metadata"/> null when it has none of its own.</summary>
internal sealed record BulkEntry(string EntryId, ReadOnlyMemory<byte> Event, string ContentType, IReadOnlyDictionary<string, string>? Metadata);
