namespace DaprLocal.Config;

/// <summary>Reads declarative <c>Subscription</c> documents, v1alpha1 (one route) and v2alpha1 (routes).</summary>
internal static class SubscriptionManifestReader
{
    /// <summary>The subscription with the apps it is for.</summary>
    public static SubscriptionManifest Read(ResourceDocument document)
    {
        var root = document.Root;
        root.AllowOnly(["apiVersion", "kind", "metadata", "spec", "scopes"]);
        var spec = root.Map("spec") ?? throw root.Error("spec", $"subscription '{document.Name}' has no 'spec'");
        var v1 = document.Version == "v1alpha1";
        spec.AllowOnly(["pubsubname", "topic", "metadata", "deadLetterTopic", "bulkSubscribe", v1 ? "route" : "routes"]);

        var (rules, route) = v1 ? ([], spec.RequiredText("route")) : ReadRoutes(spec);
        var subscription = new Subscription(
            spec.RequiredText("pubsubname"),
            spec.RequiredText("topic"),
            route,
            spec.Text("deadLetterTopic") is { Length: > 0 } deadLetterTopic ? deadLetterTopic : null,
            ReadBulk(spec.Map("bulkSubscribe")),
            spec.Map("metadata")?.AllTexts() ?? new Dictionary<string, string>())
        {
            Rules = rules,
        };
        if (rules.Count > 0 && subscription.Bulk is not null) throw spec.Error("bulkSubscribe", "dapr-local routes bulk deliveries by 'default' only; remove 'bulkSubscribe' or the rules");
        return new SubscriptionManifest(document.Name, subscription, [.. root.Texts("scopes").Select(scope => scope.Value)], root.Position);
    }

    // A rule without a condition takes all, as the default does.
    private static (IReadOnlyList<RouteRule> Rules, string? Default) ReadRoutes(YamlMap spec)
    {
        var routes = spec.Map("routes") ?? throw spec.Error("routes", "'routes' is required: write 'routes: {default: /path}'");
        routes.AllowOnly(["rules", "default"]);
        var rules = new List<RouteRule>();
        foreach (var rule in routes.Maps("rules"))
        {
            rule.AllowOnly(["match", "path"]);
            if (rule.Text("match") is not { Length: > 0 } match)
                return (rules, rule.RequiredText("path"));
            try
            {
                rules.Add(RouteRule.Parse(match, rule.RequiredText("path")));
            }
            catch (FormatException exception)
            {
                throw rule.Error("match", exception.Message);
            }
        }
        return (rules, rules.Count > 0 ? routes.Text("default") : routes.RequiredText("default"));
    }

    private static BulkSubscribe? ReadBulk(YamlMap? bulk)
    {
        if (bulk is null)
            return null;
        bulk.AllowOnly(["enabled", "maxMessagesCount", "maxAwaitDurationMs"]);
        var count = bulk.Integer("maxMessagesCount", 0, 100_000);
        var wait = bulk.Integer("maxAwaitDurationMs", 0, 3_600_000);
        // Zero is Go's "not given".
        return bulk.Flag("enabled") is true
            ? new BulkSubscribe(count is 0 ? null : count, wait is > 0 ? TimeSpan.FromMilliseconds(wait.Value) : null)
            : null;
    }
}
