namespace DaprLocal.Config;

/// <summary>A <c>Resiliency</c> resource: the policies of each target, by component name or app id.</summary>
internal sealed record ResiliencyManifest(ResiliencyTargets Targets, IReadOnlyList<string> Scopes, SourcePosition Position);

/// <summary>
/// Reads <c>Resiliency</c> documents (dapr.io/v1alpha1): retries and timeouts of pub/sub components and of apps. What dapr-local does
/// not have (circuit breakers, <c>matching</c>, policies with Dapr's default names) is refused, so that nobody relies on it.
/// </summary>
internal static class ResiliencyReader
{
    /// <summary>The policies of one document.</summary>
    public static ResiliencyManifest Read(ResourceDocument document)
    {
        var root = document.Root;
        root.AllowOnly(["apiVersion", "kind", "metadata", "spec", "scopes"]);
        var spec = root.Map("spec") ?? throw root.Error("spec", $"resiliency '{document.Name}' has no 'spec'");
        spec.AllowOnly(["policies", "targets"]);
        var policies = spec.Map("policies");
        policies?.AllowOnly(["timeouts", "retries"]);
        var retries = Named(policies?.Map("retries"), (map, name) => ReadRetry(Section(map, name)));
        var timeouts = Named(policies?.Map("timeouts"), (map, name) => map.Duration(name) ?? throw map.Error(name, $"timeout '{name}' has no value"));
        var targets = spec.Map("targets");
        targets?.AllowOnly(["apps", "components"]);
        var components = targets?.Map("components");
        foreach (var name in components?.Keys ?? []) Section(components!, name).AllowOnly(["inbound", "outbound"]);
        return new ResiliencyManifest(
            new ResiliencyTargets(
                Direction(components, "inbound", Policy),
                Direction(components, "outbound", Policy),
                Named(targets?.Map("apps"), (map, id) => Policy(Section(map, id)))),
            [.. root.Texts("scopes").Select(scope => scope.Value)],
            root.Position);

        ComponentPolicy Policy(YamlMap target)
        {
            target.AllowOnly(["timeout", "retry"]);
            return new(target.Has("retry") ? Find(target, "retry", retries) : null, target.Has("timeout") ? Find(target, "timeout", timeouts) : null);
        }
    }

    private static RetryPolicy ReadRetry(YamlMap retry)
    {
        retry.AllowOnly(["policy", "duration", "maxInterval", "maxRetries"]);
        var exponential = retry.Text("policy") switch
        {
            null or "" or "constant" => false,
            "exponential" => true,
            var other => throw retry.Error("policy", $"retry policy '{other}' is unknown; write 'constant' or 'exponential'"),
        };
        return new RetryPolicy(
            exponential,
            retry.Duration("duration") ?? TimeSpan.FromSeconds(5),
            retry.Duration("maxInterval") ?? TimeSpan.FromSeconds(60),
            retry.Integer("maxRetries", -1, int.MaxValue) ?? -1);
    }

    private static Dictionary<string, ComponentPolicy> Direction(YamlMap? components, string direction, Func<YamlMap, ComponentPolicy> policy) =>
        (components?.Keys ?? []).Where(name => Section(components!, name).Has(direction)).ToDictionary(name => name, name => policy(Section(components!, name).Map(direction)!), StringComparer.Ordinal);

    private static Dictionary<string, T> Named<T>(YamlMap? map, Func<YamlMap, string, T> read)
    {
        if (map?.Keys.FirstOrDefault(name => name.StartsWith("Default", StringComparison.Ordinal)) is { } @default)
            throw map.Error(@default, $"dapr-local does not have policies that apply by their name; name the targets of '{@default}'");
        return map?.Keys.ToDictionary(name => name, name => read(map, name), StringComparer.Ordinal) ?? [];
    }

    private static T Find<T>(YamlMap target, string key, Dictionary<string, T> policies) => policies.TryGetValue(target.RequiredText(key), out var policy)
        ? policy
        : throw target.Error(key, $"{key} policy '{target.Text(key)}' is not defined in this resource; defined here: {string.Join(", ", policies.Keys)}");

    private static YamlMap Section(YamlMap map, string name) => map.Map(name) ?? throw map.Error(name, $"'{name}' is empty");
}
