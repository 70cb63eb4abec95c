namespace DaprLocal.PubSub;

/// <summary>
/// The topics of a component that one app may use: <c>allowedTopics</c> bounds all, an app that is listed in
/// <c>publishingScopes</c> or <c>subscriptionScopes</c> is bound to its list, one that is not may use all but the
/// <c>protectedTopics</c>.
/// </summary>
internal sealed class TopicScopes
{
    /// <summary>The metadata that are read here.</summary>
    public static readonly string[] Known = ["allowedTopics", "protectedTopics", "publishingScopes", "subscriptionScopes"];

    private readonly string[] _allowed;
    private readonly string[] _protected;
    private readonly string[]? _published;
    private readonly string[]? _subscribed;

    /// <summary>Reads a component's metadata for one app.</summary>
    public TopicScopes(string appId, IReadOnlyDictionary<string, string> metadata)
    {
        _allowed = Topics(metadata.GetValueOrDefault("allowedTopics"));
        _protected = Topics(metadata.GetValueOrDefault("protectedTopics"));
        _published = Scope(appId, metadata.GetValueOrDefault("publishingScopes"));
        _subscribed = Scope(appId, metadata.GetValueOrDefault("subscriptionScopes"));
    }

    /// <summary>True when the app may publish to the topic.</summary>
    public bool MayPublish(string topic) => May(topic, _published);

    /// <summary>True when the app may subscribe to the topic.</summary>
    public bool MaySubscribe(string topic) => May(topic, _subscribed);

    private bool May(string topic, string[]? scope) =>
        (_allowed.Length == 0 || _allowed.Contains(topic)) && (scope?.Contains(topic) ?? !_protected.Contains(topic));

    // "app1=a,b;app2=": null when the app is not listed.
    private static string[]? Scope(string appId, string? text)
    {
        foreach (var entry in (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = entry.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts[0] == appId) return Topics(parts.Length > 1 ? parts[1] : "");
        }

        return null;
    }

    private static string[] Topics(string? text) => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
