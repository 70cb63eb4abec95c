using DaprLocal.Costs;

namespace DaprLocal.Config;

/// <summary>Where a value was written, for messages that name file and line (1-based).</summary>
internal sealed record SourcePosition(string File, int Line);

/// <summary>A mistake in the user's YAML or environment; the message says what is wrong and what to write instead.</summary>
internal sealed class ConfigurationException(SourcePosition position, string message)
    : Exception($"{position.File}:{position.Line}: {message}");

/// <summary>A <c>Component</c> resource (dapr.io/v1alpha1) with its secrets resolved. Metadata names compare case-insensitively.</summary>
internal sealed record ComponentManifest(
    string Name,
    string Type,
    string Version,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<string> Scopes,
    SourcePosition Position)
{
    /// <summary>True when no scopes are given or they name <paramref name="appId"/>.</summary>
    public bool IsVisibleTo(string appId) => Scopes.Count == 0 || Scopes.Contains(appId);
}

/// <summary>A bulk subscription; null means daprd's default. How long a batch waits for more counts only with <c>--costs</c>.</summary>
internal sealed record BulkSubscribe(int? MaxMessagesCount, int? MaxAwaitDurationMs = null);

/// <summary>One subscription of one app. <paramref name="DeadLetterTopic"/> null means that a failing event is retried for ever.</summary>
internal sealed record Subscription(
    string PubsubName,
    string Topic,
    string Route,
    string? DeadLetterTopic,
    BulkSubscribe? Bulk,
    IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The path of the app that gets the events.</summary>
    public string Path => "/" + Route.TrimStart('/');
}

/// <summary>A retry policy of a <c>Resiliency</c> resource. <paramref name="MaxRetries"/> -1 means for ever.</summary>
internal sealed record RetryPolicy(bool Exponential, TimeSpan Duration, TimeSpan MaxInterval, int MaxRetries)
{
    private static readonly TimeSpan FirstExponential = TimeSpan.FromMilliseconds(500);

    /// <summary>True when an operation that has failed so often is tried again.</summary>
    public bool Allows(int failures) => MaxRetries < 0 || failures <= MaxRetries;

    /// <summary>The pause before that retry. Exponential as in daprd's library: half as much again each time, by chance up to half more or less.</summary>
    public TimeSpan PauseBefore(int retry)
    {
        if (!Exponential) return Duration;
        var pause = FirstExponential * Math.Pow(1.5, Math.Min(retry - 1, 40));
        if (pause > MaxInterval) pause = MaxInterval;
        return pause * (0.5 + Random.Shared.NextDouble());
    }
}

/// <summary>The policies that apply to one component in one direction, or to calls of one app; null means none.</summary>
internal sealed record ComponentPolicy(RetryPolicy? Retry, TimeSpan? Timeout);

/// <summary>The policies that an app's sidecar keeps, by component name or app id.</summary>
internal sealed record ResiliencyTargets(
    IReadOnlyDictionary<string, ComponentPolicy> Inbound,
    IReadOnlyDictionary<string, ComponentPolicy> Outbound,
    IReadOnlyDictionary<string, ComponentPolicy> Apps)
{
    private static readonly Dictionary<string, ComponentPolicy> Empty = [];

    /// <summary>No policy at all.</summary>
    public static ResiliencyTargets None { get; } = new(Empty, Empty, Empty);
}

/// <summary>An app that answers <paramref name="Path"/> with 2xx is healthy; so many failures in a row make it unhealthy, one success healthy.</summary>
internal sealed record AppHealthCheck(string Path, TimeSpan Interval, TimeSpan Timeout, int Threshold);

/// <summary>Everything one sidecar needs to know: its app, its ports, its tokens and its resources.</summary>
internal sealed record SidecarOptions
{
    /// <summary>The app id; also the default consumer group and key prefix.</summary>
    public required string AppId { get; init; }

    /// <summary>Port of the Dapr HTTP API on loopback.</summary>
    public required int HttpPort { get; init; }

    /// <summary>Port of the Dapr gRPC API on loopback.</summary>
    public required int GrpcPort { get; init; }

    /// <summary>The port the app listens on; null for an app that only calls its sidecar.</summary>
    public int? AppPort { get; init; }

    /// <summary>Host of the app.</summary>
    public string AppChannelAddress { get; init; } = "127.0.0.1";

    /// <summary>Token that callers of this sidecar must send as <c>dapr-api-token</c>; null means none.</summary>
    public string? ApiToken { get; init; }

    /// <summary>Token that this sidecar sends to its app as <c>dapr-api-token</c>; null means none.</summary>
    public string? AppToken { get; init; }

    /// <summary>Components that the app may see.</summary>
    public IReadOnlyList<ComponentManifest> Components { get; init; } = [];

    /// <summary>How the app is asked whether it is healthy; null: one that listens is.</summary>
    public AppHealthCheck? HealthCheck { get; init; }

    /// <summary>Policies of pub/sub components and of called apps.</summary>
    public ResiliencyTargets Resiliency { get; init; } = ResiliencyTargets.None;

    /// <summary>How long the app's workflows are kept when they are over.</summary>
    public WorkflowRetention Retention { get; init; } = WorkflowRetention.ForEver;

    /// <summary>True when no other app may invoke this one.</summary>
    public bool DeniesCalls { get; init; }

    /// <summary>What operations cost.</summary>
    public CostModel Costs { get; init; } = CostModel.None;

    /// <summary>Largest request and response body in bytes; daprd's default is 4 MiB.</summary>
    public int MaxBodySize { get; init; } = 4 * 1024 * 1024;
}
