namespace DaprLocal.Config;

/// <summary>
/// Joins the <c>Resiliency</c> resources an app sees: all policies share one name space, a target wins, and a component or app
/// without any gets the policies with Dapr's default names, the most specific first.
/// </summary>
internal static class ResiliencyResolver
{
    /// <summary>The policies of each component in each direction.</summary>
    public static ResiliencyTargets Resolve(IReadOnlyList<ResiliencyManifest> resources, IReadOnlyList<ComponentManifest> components)
    {
        var retries = Merge(resources, resource => resource.Retries, "retry policy");
        var timeouts = Merge(resources, resource => resource.Timeouts, "timeout");
        var inbound = Merge(resources, resource => resource.Inbound, "inbound target");
        var outbound = Merge(resources, resource => resource.Outbound, "outbound target");

        var apps = Merge(resources, resource => resource.Apps, "app target");

        return new ResiliencyTargets(Direction(inbound, "Inbound"), Direction(outbound, "Outbound"))
        {
            Apps = apps.ToDictionary(target => target.Key, target => Policy(target.Value), StringComparer.Ordinal),
            OtherApps = ByName(["DefaultAppRetryPolicy", "DefaultRetryPolicy"], ["DefaultAppTimeoutPolicy", "DefaultTimeoutPolicy"]),
        };

        ComponentPolicy Policy(PolicyReference target) => new(Find(target.Retry, retries, "retry policy"), FindTimeout(target.Timeout));

        ComponentPolicy? ByName(string[] retryNames, string[] timeoutNames)
        {
            var retry = retryNames.Select(retries.GetValueOrDefault).FirstOrDefault(policy => policy is not null);
            var timeout = Array.Find(timeoutNames, timeouts.ContainsKey);
            return retry is null && timeout is null ? null : new ComponentPolicy(retry, timeout is null ? null : timeouts[timeout]);
        }

        Dictionary<string, ComponentPolicy> Direction(Dictionary<string, PolicyReference> targets, string direction)
        {
            var resolved = targets.ToDictionary(target => target.Key, target => Policy(target.Value), StringComparer.Ordinal);
            foreach (var component in components.Where(component => !inbound.ContainsKey(component.Name) && !outbound.ContainsKey(component.Name)))
            {
                if (ByName(DefaultNames(component, direction, "Retry"), DefaultNames(component, direction, "Timeout")) is { } policy)
                    resolved[component.Name] = policy;
            }
            return resolved;
        }

        TimeSpan? FindTimeout(YamlText? reference) => reference is null ? null
            : timeouts.TryGetValue(reference.Value, out var timeout) ? timeout
            : throw Unknown(reference, timeouts.Keys, "timeout");
    }

    // DefaultPubsubComponentInboundRetryPolicy, DefaultComponentInboundRetryPolicy, DefaultComponentRetryPolicy, DefaultRetryPolicy.
    private static string[] DefaultNames(ComponentManifest component, string direction, string policy)
    {
        var type = component.Type.Split('.')[0] switch { "pubsub" => "Pubsub", "state" => "Statestore", _ => "" };
        return [$"Default{type}Component{direction}{policy}Policy", $"DefaultComponent{direction}{policy}Policy", $"DefaultComponent{policy}Policy", $"Default{policy}Policy"];
    }

    private static RetryPolicy? Find(YamlText? reference, Dictionary<string, RetryPolicy> policies, string what) => reference is null
        ? null
        : policies.GetValueOrDefault(reference.Value) ?? throw Unknown(reference, policies.Keys, what);

    private static ConfigurationException Unknown(YamlText reference, IReadOnlyCollection<string> known, string what) =>
        new(reference.Position, $"{what} '{reference.Value}' is not defined{Nearest.Hint(reference.Value, known)}");

    private static Dictionary<string, T> Merge<T>(
        IReadOnlyList<ResiliencyManifest> resources, Func<ResiliencyManifest, IReadOnlyDictionary<string, T>> part, string what)
    {
        var merged = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var resource in resources)
        {
            foreach (var (name, value) in part(resource))
            {
                if (!merged.TryAdd(name, value))
                    throw new ConfigurationException(resource.Position, $"{what} '{name}' of resiliency '{resource.Name}' is already defined by another Resiliency resource of the same app");
            }
        }
        return merged;
    }
}
