using System.Text.Json;
using DaprLocal.Config;

namespace DaprLocal.PubSub;

/// <summary>Chooses the route of an event by the rules of its subscription.</summary>
internal static class EventRoute
{
    /// <summary>The route; null when no rule matches and there is no default.</summary>
    /// <exception cref="KeyNotFoundException">A rule asks for an attribute that the event lacks; with daprd this is a failed delivery.</exception>
    public static string? Of(Subscription subscription, ReadOnlyMemory<byte> body)
    {
        if (subscription.Rules.Count == 0) return subscription.Route;
        using var json = JsonDocument.Parse(body);
        foreach (var rule in subscription.Rules)
        {
            if (!json.RootElement.TryGetProperty(rule.Attribute, out var attribute)) throw new KeyNotFoundException($"the event has no attribute '{rule.Attribute}'");
            if (attribute.ValueKind == JsonValueKind.String && attribute.ValueEquals(rule.Value)) return rule.Path;
        }

        return subscription.Route;
    }
}
