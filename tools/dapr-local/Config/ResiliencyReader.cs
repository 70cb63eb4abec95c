namespace DaprLocal.Config;

/// <summary>
/// Reads <c>Resiliency</c> documents (dapr.io/v1alpha1). Retries and timeouts of components and apps take effect; circuit breakers,
/// <c>matching</c> and the target <c>actors</c> are checked for their shape and noted as being without effect.
/// </summary>
internal static class ResiliencyReader
{
    /// <summary>The policies and targets of one document.</summary>
    public static ResiliencyManifest Read(ResourceDocument document)
    {
        var root = document.Root;
        var notes = new List<string>();
        root.AllowOnly(["apiVersion", "kind", "metadata", "spec", "scopes"]);
        var spec = root.Map("spec") ?? throw root.Error("spec", $"resiliency '{document.Name}' has no 'spec'");
        spec.AllowOnly(["policies", "targets"]);
        var policies = spec.Map("policies");
        policies?.AllowOnly(["timeouts", "retries", "circuitBreakers"]);
        var targets = spec.Map("targets");
        targets?.AllowOnly(["apps", "actors", "components"]);

        if (targets?.Has("actors") is true)
            notes.Add(Note(targets, "actors", "resiliency targets 'actors' have no effect in dapr-local"));
        CheckBreakers(policies?.Map("circuitBreakers"), notes);
        var inbound = new Dictionary<string, PolicyReference>(StringComparer.Ordinal);
        var outbound = new Dictionary<string, PolicyReference>(StringComparer.Ordinal);
        ReadComponents(targets?.Map("components"), inbound, outbound, notes);
        var apps = targets?.Map("apps");

        var timeouts = policies?.Map("timeouts");
        var retries = policies?.Map("retries");
        return new ResiliencyManifest(
            document.Name,
            retries?.Keys.ToDictionary(name => name, name => ReadRetry(Policy(retries, name), notes), StringComparer.Ordinal) ?? [],
            timeouts?.Keys.ToDictionary(name => name, name => timeouts.Duration(name) ?? throw timeouts.Error(name, $"timeout '{name}' has no value"), StringComparer.Ordinal) ?? [],
            inbound,
            outbound,
            apps?.Keys.ToDictionary(id => id, id => ReadTarget(Policy(apps, id), notes), StringComparer.Ordinal) ?? [],
            [.. root.Texts("scopes").Select(scope => scope.Value)],
            notes,
            root.Position);
    }

    private static RetryPolicy ReadRetry(YamlMap retry, List<string> notes)
    {
        retry.AllowOnly(["policy", "duration", "maxInterval", "maxRetries", "matching"]);
        var exponential = retry.Text("policy") switch
        {
            null or "" or "constant" => false,
            "exponential" => true,
            var other => throw retry.Error("policy", $"retry policy '{other}' is unknown; write 'constant' or 'exponential'"),
        };
        if (retry.Map("matching") is { } matching)
        {
            matching.AllowOnly(["httpStatusCodes", "gRPCStatusCodes"]);
            notes.Add(Note(retry, "matching", "'matching' has no effect in dapr-local: every failure is retried"));
        }
        return new RetryPolicy(
            exponential,
            retry.Duration("duration") ?? TimeSpan.FromSeconds(5),
            retry.Duration("maxInterval") ?? TimeSpan.FromSeconds(60),
            retry.Integer("maxRetries", -1, int.MaxValue) ?? -1);
    }

    private static void CheckBreakers(YamlMap? breakers, List<string> notes)
    {
        foreach (var name in breakers?.Keys ?? [])
        {
            var breaker = Policy(breakers!, name);
            breaker.AllowOnly(["maxRequests", "interval", "timeout", "trip"]);
            breaker.Integer("maxRequests", 0, int.MaxValue);
            breaker.Duration("interval");
            breaker.Duration("timeout");
            notes.Add(Note(breakers!, name, $"circuit breaker '{name}' has no effect in dapr-local"));
        }
    }

    private static void ReadComponents(
        YamlMap? components, Dictionary<string, PolicyReference> inbound, Dictionary<string, PolicyReference> outbound, List<string> notes)
    {
        foreach (var name in components?.Keys ?? [])
        {
            var target = Policy(components!, name);
            target.AllowOnly(["inbound", "outbound"]);
            foreach (var (direction, into) in new[] { ("inbound", inbound), ("outbound", outbound) })
            {
                if (target.Map(direction) is not { } policy)
                    continue;
                into[name] = ReadTarget(policy, notes);
            }
        }
    }

    private static PolicyReference ReadTarget(YamlMap target, List<string> notes)
    {
        target.AllowOnly(["timeout", "retry", "circuitBreaker", "circuitBreakerCacheSize"]);
        if (target.Has("circuitBreaker"))
            notes.Add(Note(target, "circuitBreaker", "'circuitBreaker' has no effect in dapr-local"));
        return new PolicyReference(Reference(target, "retry"), Reference(target, "timeout"));
    }

    private static YamlMap Policy(YamlMap map, string name) => map.Map(name) ?? throw map.Error(name, $"'{name}' is empty");

    private static YamlText? Reference(YamlMap policy, string key) =>
        policy.Text(key) is { Length: > 0 } name ? new YamlText(name, policy.PositionOf(key)) : null;

    private static string Note(YamlMap map, string key, string text) => $"{map.PositionOf(key).File}:{map.PositionOf(key).Line}: {text}";
}
