namespace DaprLocal.Config;

/// <summary>One resource document with its header read.</summary>
internal sealed record ResourceDocument(string Kind, string Name, YamlMap Root);

/// <summary>All resources of one list of resource folders, for every app.</summary>
internal sealed record ResourceSet(IReadOnlyList<ComponentManifest> Components, IReadOnlyList<ResiliencyManifest> Resiliency)
{
    /// <summary>
    /// What one app sees, <c>{appID}</c> expanded. Apps whose expansion changes nothing share the same <see cref="ComponentManifest"/>
    /// instances; in any case the position tells that two manifests are one definition.
    /// </summary>
    public (IReadOnlyList<ComponentManifest> Components, ResiliencyTargets Resiliency) For(string appId)
    {
        ComponentManifest[] components = [.. Components.Where(component => component.IsVisibleTo(appId)).Select(component => Expand(component, appId))];
        ResiliencyManifest[] resiliency = [.. Resiliency.Where(resource => resource.Scopes.Count == 0 || resource.Scopes.Contains(appId))];
        var targets = new ResiliencyTargets(
            Merge(resiliency, resource => resource.Inbound), Merge(resiliency, resource => resource.Outbound), Merge(resiliency, resource => resource.Apps));
        foreach (var component in components.Where(component => component.Type.StartsWith("state.", StringComparison.Ordinal)))
        {
            if (targets.Inbound.ContainsKey(component.Name) || targets.Outbound.ContainsKey(component.Name))
                throw new ConfigurationException(component.Position, $"dapr-local has no policies for state; remove the target '{component.Name}' of the Resiliency resource");
        }
        return (components, targets);
    }

    private static Dictionary<string, ComponentPolicy> Merge(IEnumerable<ResiliencyManifest> resources, Func<ResiliencyTargets, IReadOnlyDictionary<string, ComponentPolicy>> part)
    {
        var merged = new Dictionary<string, ComponentPolicy>(StringComparer.Ordinal);
        foreach (var resource in resources)
        {
            foreach (var (name, policy) in part(resource.Targets))
            {
                if (!merged.TryAdd(name, policy)) throw new ConfigurationException(resource.Position, $"another Resiliency resource of the same app already has the target '{name}'");
            }
        }
        return merged;
    }

    private static ComponentManifest Expand(ComponentManifest component, string appId) => component.Metadata.Values.Any(value => value.Contains("{appID}", StringComparison.Ordinal))
        ? component with { Metadata = component.Metadata.ToDictionary(pair => pair.Key, pair => pair.Value.Replace("{appID}", appId, StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase) }
        : component;
}
