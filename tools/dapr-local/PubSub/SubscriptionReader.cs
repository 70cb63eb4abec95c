using System.Text.Json;
using DaprLocal.Api;
using DaprLocal.Config;

namespace DaprLocal.PubSub;

/// <summary>Reads an app's answer to <c>GET /dapr/subscribe</c>; member names match in any case.</summary>
internal static class SubscriptionReader
{
    /// <summary>The subscriptions of an answer; of several for one topic the last counts, and one without a route is none.</summary>
    /// <exception cref="FormatException">The answer is not a list of subscriptions, or uses routing rules.</exception>
    public static IReadOnlyList<Subscription> Read(string appId, byte[] body)
    {
        List<Item?>? items;
        try
        {
            items = body.Length == 0 ? null : JsonSerializer.Deserialize<List<Item?>>(body, JsonText.AnyCase);
        }
        catch (JsonException error)
        {
            throw new FormatException($"/dapr/subscribe of {appId} is not a list of subscriptions: {error.Message}", error);
        }

        var result = new Dictionary<(string, string), Subscription>();
        foreach (var item in items ?? [])
        {
            if (item is not { PubsubName.Length: > 0, Topic.Length: > 0 }) throw new FormatException($"/dapr/subscribe of {appId} has a subscription without pubsubname or topic");
            if (item.Routes?.Rules is { Count: > 0 }) throw new FormatException($"{appId} subscribes to topic '{item.Topic}' with routing rules, which dapr-local does not have; route by 'default' and choose in the handler");
            var route = item.Routes?.Default is { Length: > 0 } @default ? @default : item.Route;
            if (string.IsNullOrEmpty(route)) continue;
            result[(item.PubsubName, item.Topic)] = new Subscription(
                item.PubsubName,
                item.Topic,
                route,
                string.IsNullOrEmpty(item.DeadLetterTopic) ? null : item.DeadLetterTopic,
                item.BulkSubscribe is { Enabled: true } bulk ? new BulkSubscribe(bulk.MaxMessagesCount is > 0 ? bulk.MaxMessagesCount : null, bulk.MaxAwaitDurationMs is > 0 ? bulk.MaxAwaitDurationMs : null) : null,
                item.Metadata ?? []);
        }

        return [.. result.Values];
    }

    internal sealed record Item(string? PubsubName, string? Topic, string? Route, RouteList? Routes, string? DeadLetterTopic, Bulk? BulkSubscribe, Dictionary<string, string>? Metadata);

    internal sealed record RouteList(List<JsonElement>? Rules, string? Default);

    internal sealed record Bulk(bool Enabled, int? MaxMessagesCount, int? MaxAwaitDurationMs);
}
