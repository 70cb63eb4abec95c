namespace DaprLocal.Config;

/// <summary>One resource document with its header read.</summary>
internal sealed record ResourceDocument(string Kind, string Version, string Name, YamlMap Root, string Directory);

/// <summary>All resources of one list of resource folders, for every app.</summary>
internal sealed record ResourceSet(
    IReadOnlyList<ComponentManifest> Components,
    IReadOnlyList<SubscriptionManifest> Subscriptions,
    IReadOnlyList<ResiliencyManifest> Resiliency,
    IReadOnlyList<string> Notes)
{
    /// <summary>No resources.</summary>
    public static ResourceSet Empty { get; } = new([], [], [], []);

    /// <summary>
    /// What one app sees, templates expanded. Apps whose expansion changes nothing share the same <see cref="ComponentManifest"/>
    /// instances; in any case the position tells that two manifests are one definition.
    /// </summary>
    public (IReadOnlyList<ComponentManifest> Components, IReadOnlyList<Subscription> Subscriptions, ResiliencyTargets Resiliency) For(
        string appId, string? @namespace, Func<string> newUuid)
    {
        ComponentManifest[] components = [.. Components.Where(component => component.IsVisibleTo(appId)).Select(component => Expand(component, appId, @namespace, newUuid))];
        bool Visible(IReadOnlyList<string> scopes) => scopes.Count == 0 || scopes.Contains(appId);
        return (
            components,
            [.. Subscriptions.Where(subscription => Visible(subscription.Scopes)).Select(subscription => subscription.Subscription)],
            ResiliencyResolver.Resolve([.. Resiliency.Where(resource => Visible(resource.Scopes))], components));
    }

    private static ComponentManifest Expand(ComponentManifest component, string appId, string? @namespace, Func<string> newUuid)
    {
        string Replace(string value) => !value.Contains('{', StringComparison.Ordinal) ? value : value
            .Replace("{appID}", appId, StringComparison.Ordinal)
            .Replace("{namespace}", @namespace is null ? appId : $"{@namespace}.{appId}", StringComparison.Ordinal)
            .Replace("{uuid}", value.Contains("{uuid}", StringComparison.Ordinal) ? newUuid() : "", StringComparison.Ordinal);
        return component.Metadata.Values.All(value => Replace(value) == value)
            ? component
            : component with { Metadata = component.Metadata.ToDictionary(pair => pair.Key, pair => Replace(pair.Value), StringComparer.OrdinalIgnoreCase) };
    }
}
