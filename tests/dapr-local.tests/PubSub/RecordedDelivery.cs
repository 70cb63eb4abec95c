using System.Text.Json.Nodes;
using DaprLocal.Tests.Api;

namespace DaprLocal.Tests.PubSub;

/// <summary>Compares what an app was delivered with what was recorded.</summary>
internal static class RecordedDelivery
{
    private static readonly string[] OfTheConnection = ["host", "content-length", "user-agent", "accept-encoding"];

    /// <summary>Waits for the recorded deliveries; records without a key lie on any partition, so their order is free.</summary>
    public static async Task<string?> AllAsync(TestApp app, List<JsonNode> expected)
    {
        if (expected.Count == 0) return null;
        await app.WaitForAsync(expected.Count);
        if (app.Deliveries.Count != expected.Count) return $"{app.Deliveries.Count} deliveries, not {expected.Count}";
        string? difference = null;
        foreach (var delivery in app.Deliveries)
        {
            var found = expected.FirstOrDefault(candidate => (difference = Difference(candidate, delivery)) is null);
            if (found is null) return difference;
            expected.Remove(found);
        }

        return null;
    }

    /// <summary>The first difference of one delivery.</summary>
    public static string? Difference(JsonNode expected, Delivery actual)
    {
        var match = new GoldenMatch();
        var path = expected["path"]!.GetValue<string>();
        if (actual.Path != path) return $"delivered to {actual.Path}, not {path}";
        var wanted = expected["headers"]!.AsObject();
        foreach (var (name, value) in wanted)
        {
            if (!actual.Headers.TryGetValue(name, out var got)) return $"header {name} was not delivered";
            if (match.TextDifference(value!.GetValue<string>(), got, name) is { } difference) return difference;
        }

        if (actual.Headers.Keys.Except(wanted.Select(pair => pair.Key)).Except(OfTheConnection).FirstOrDefault() is { } extra) return $"header {extra} should not be delivered";
        return expected["body"] is JsonObject { Count: 1 } wrapped && wrapped["text"] is JsonValue text
            ? match.Difference(JsonNode.Parse(text.GetValue<string>()), actual.Body, "delivered")
            : match.Difference(expected["body"], actual.Body, "delivered");
    }
}
