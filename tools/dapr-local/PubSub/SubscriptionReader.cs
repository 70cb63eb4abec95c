using System.Text.Json;
using DaprLocal.Config;

namespace DaprLocal.PubSub;

/// <summary>Reads an app's answer to <c>GET /dapr/subscribe</c>; member names match in any case.</summary>
internal static class SubscriptionReader
{
    /// <summary>The subscriptions of an answer; of several for one topic the last counts, and one without a route is none.</summary>
    /// <exception cref="FormatException">The answer is not a list of subscriptions, or uses routing rules that this sidecar does not understand.</exception>
    public static IReadOnlyList<Subscription> Read(string appId, byte[] body)
    {
        if (body.Length == 0) return [];
        List<Item?>? items;
        try
        {
            items = JsonSerializer.Deserialize(body, SubscriptionJson.Default.ListItem);
        }
        catch (JsonException error)
        {
            throw new FormatException($"/dapr/subscribe of {appId} is not a list of subscriptions: {error.Message}", error);
        }

        var result = new Dictionary<(string, string), Subscription>();
        foreach (var item in items ?? [])
        {
            if (item is null || string.IsNullOrEmpty(item.PubsubName) || string.IsNullOrEmpty(item.Topic)) throw new FormatException($"/dapr/subscribe of {appId} has a subscription without pubsubname or topic");
            var (rules, route) = Routes(appId, item);
            if (route is null && rules.Length == 0) continue;
            var bulk = item.BulkSubscribe is { Enabled: true } b
                ? new BulkSubscribe(b.MaxMessagesCount is > 0 ? b.MaxMessagesCount : null, b.MaxAwaitDurationMs is > 0 ? TimeSpan.FromMilliseconds(b.MaxAwaitDurationMs.Value) : null)
                : null;
            result[(item.PubsubName, item.Topic)] = new Subscription(item.PubsubName, item.Topic, route, string.IsNullOrEmpty(item.DeadLetterTopic) ? null : item.DeadLetterTopic, bulk, item.Metadata ?? []) { Rules = rules };
        }

        return [.. result.Values];
    }

    // The rules come first; one without a condition takes all, as the default and then the route do.
    private static (RouteRule[] Rules, string? Default) Routes(string appId, Item item)
    {
        var written = item.Routes?.Rules ?? [];
        try
        {
            RouteRule[] rules = [.. written.TakeWhile(rule => !string.IsNullOrEmpty(rule.Match)).Select(rule => RouteRule.Parse(rule.Match!, rule.Path ?? ""))];
            if (rules.Length > 0 && item.BulkSubscribe is { Enabled: true }) throw new FormatException("dapr-local routes bulk deliveries by 'default' only");
            return (rules, written.Find(rule => string.IsNullOrEmpty(rule.Match))?.Path ?? NonEmpty(item.Routes?.Default) ?? NonEmpty(item.Route));
        }
        catch (FormatException error)
        {
            throw new FormatException($"{appId} subscribes to topic '{item.Topic}' with rules: {error.Message}", error);
        }
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    internal sealed record Item(string? PubsubName, string? Topic, string? Route, RouteList? Routes, string? DeadLetterTopic, Bulk? BulkSubscribe, Dictionary<string, string>? Metadata);

    internal sealed record RouteList(List<Rule>? Rules, string? Default);

    internal sealed record Rule(string? Match, string? Path);

    internal sealed record Bulk(bool Enabled, int? MaxMessagesCount, int? MaxAwaitDurationMs);
}
