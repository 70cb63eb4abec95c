namespace DaprLocal.Config;

/// <summary>Resolves <c>secretKeyRef</c> with the secret store <c>secretstores.local.env</c>.</summary>
internal sealed class SecretStores(Func<string, string?> environment)
{
    private readonly Dictionary<string, string> _prefixes = new(StringComparer.Ordinal);

    /// <summary>True for component types that are secret stores.</summary>
    public static bool Holds(string type) => type.StartsWith("secretstores.", StringComparison.Ordinal);

    /// <summary>Opens a store.</summary>
    public void Add(ComponentManifest store)
    {
        if (store.Type != "secretstores.local.env") throw new ConfigurationException(store.Position, $"secret store type '{store.Type}' is not supported; use secretstores.local.env");
        _prefixes[store.Name] = store.Metadata.GetValueOrDefault("prefix") ?? "";
    }

    /// <summary>The value of <c>secretKeyRef: {name, key}</c> in the store that the component names.</summary>
    public string Resolve(string? store, YamlMap reference)
    {
        reference.AllowOnly(["name", "key"]);
        var name = reference.RequiredText("name");
        var key = reference.Text("key") is { Length: > 0 } written ? written : name;
        if (store is null)
            throw reference.Error("name", $"secret '{name}' has no store: add 'auth: {{secretStore: NAME}}' to the component");
        if (!_prefixes.TryGetValue(store, out var prefix))
            throw reference.Error("name", $"secret store '{store}' is not defined; defined here: {string.Join(", ", _prefixes.Keys)}");
        var value = key == name ? environment(prefix + name) : null;
        return value ?? throw reference.Error("name", $"secret store '{store}' has no value '{key}' in secret '{name}'");
    }
}
