using System.Text.Json;
using DaprLocal.Config;

namespace DaprLocal.PubSub;

/// <summary>Reads an app's answer to <c>GET /dapr/subscribe</c>; member names match in any case.</summary>
internal static class SubscriptionReader
{
    /// <summary>The subscriptions of an answer; of several for one topic the last counts, and one without a route is none.</summary>
    /// <exception cref="FormatException">The answer is not a list of subscriptions, or uses routing rules, which this sidecar does not evaluate.</exception>
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
            if (item.Routes?.Rules is { Count: > 0 } rules && rules.Exists(rule => !string.IsNullOrEmpty(rule.Match)))
                throw new FormatException($"{appId} routes topic '{item.Topic}' by CEL rules, which dapr-local does not evaluate; use 'route' or 'routes.default'");
            var route = item.Routes?.Rules?.FirstOrDefault()?.Path ?? item.Routes?.Default ?? item.Route;
            if (string.IsNullOrEmpty(route)) continue;
            var bulk = item.BulkSubscribe is { Enabled: true } b
                ? new BulkSubscribe(b.MaxMessagesCount is > 0 ? b.MaxMessagesCount : null, b.MaxAwaitDurationMs is > 0 ? TimeSpan.FromMilliseconds(b.MaxAwaitDurationMs.Value) : null)
                : null;
            result[(item.PubsubName, item.Topic)] = new Subscription(item.PubsubName, item.Topic, route, string.IsNullOrEmpty(item.DeadLetterTopic) ? null : item.DeadLetterTopic, bulk, item.Metadata ?? []);
        }

        return [.. result.Values];
    }

    internal sealed record Item(string? PubsubName, string? Topic, string? Route, Routes? Routes, string? DeadLetterTopic, Bulk? BulkSubscribe, Dictionary<string, string>? Metadata);

    internal sealed record Routes(List<Rule>? Rules, string? Default);

    internal sealed record Rule(string? Match, string? Path);

    internal sealed record Bulk(bool Enabled, int? MaxMessagesCount, int? MaxAwaitDurationMs);
}
