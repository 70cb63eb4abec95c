using System.Text.Json;

namespace DaprLocal.Config;

/// <summary>
/// Resolves <c>secretKeyRef</c> and <c>envRef</c> with the two local secret stores of Dapr: <c>secretstores.local.env</c>
/// and <c>secretstores.local.file</c>.
/// </summary>
internal sealed class SecretStores(Func<string, string?> environment)
{
    private readonly Dictionary<string, Func<string, string, string?>> _stores = new(StringComparer.Ordinal);

    /// <summary>True for component types that are secret stores.</summary>
    public static bool Holds(string type) => type.StartsWith("secretstores.", StringComparison.Ordinal);

    /// <summary>Opens a store; <paramref name="directory"/> is what a relative <c>secretsFile</c> is relative to.</summary>
    public void Add(ComponentManifest store, string directory)
    {
        _stores[store.Name] = store.Type switch
        {
            "secretstores.local.env" => EnvironmentStore(store.Metadata.GetValueOrDefault("prefix") ?? ""),
            "secretstores.local.file" => FileStore(store, directory),
            _ => throw new ConfigurationException(store.Position,
                $"secret store type '{store.Type}' is not supported; use secretstores.local.env or secretstores.local.file"),
        };
    }

    /// <summary>The value of <c>secretKeyRef: {name, key}</c> in the store that the component names.</summary>
    public string Resolve(string? store, YamlMap reference)
    {
        reference.AllowOnly(["name", "key"]);
        var name = reference.RequiredText("name");
        var key = reference.Text("key") is { Length: > 0 } written ? written : name;
        if (store is null)
            throw reference.Error("name", $"secret '{name}' has no store: add 'auth: {{secretStore: NAME}}' to the component");
        if (!_stores.TryGetValue(store, out var find))
            throw reference.Error("name", $"secret store '{store}' is not defined; defined here: {string.Join(", ", _stores.Keys)}");
        return find(name, key) ?? throw reference.Error("name", $"secret store '{store}' has no value '{key}' in secret '{name}'");
    }

    /// <summary>The value of <c>envRef</c>; the variables that carry Dapr's own settings and tokens are refused, as daprd does.</summary>
    public string ResolveEnvironment(YamlMap entry)
    {
        var name = entry.RequiredText("envRef");
        if (name.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase) || name.Equals("APP_API_TOKEN", StringComparison.OrdinalIgnoreCase))
            throw entry.Error("envRef", $"'envRef' may not read '{name}'");
        return environment(name) ?? throw entry.Error("envRef", $"environment variable '{name}' is not set");
    }

    private Func<string, string, string?> EnvironmentStore(string prefix) => (name, key) => key == name ? environment(prefix + name) : null;

    private static Func<string, string, string?> FileStore(ComponentManifest store, string directory)
    {
        var file = Path.GetFullPath(store.Metadata.GetValueOrDefault("secretsFile")
            ?? throw new ConfigurationException(store.Position, $"secret store '{store.Name}' needs the metadata 'secretsFile'"), directory);
        var separator = store.Metadata.GetValueOrDefault("nestedSeparator") ?? ":";
        var multiValued = store.Metadata.GetValueOrDefault("multiValued") is "true";
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            root = document.RootElement.Clone();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ConfigurationException(store.Position, $"secret store '{store.Name}' cannot read {file}: {exception.Message}");
        }
        if (root.ValueKind != JsonValueKind.Object)
            throw new ConfigurationException(store.Position, $"secret store '{store.Name}': {file} must hold a JSON object");

        var flat = new Dictionary<string, string>(StringComparer.Ordinal);
        Flatten(root, "", separator, flat);
        return (name, key) => flat.GetValueOrDefault(multiValued ? name + separator + key : key == name ? name : "");
    }

    private static void Flatten(JsonElement element, string path, string separator, Dictionary<string, string> flat)
    {
        var children = element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().Select(property => (property.Name, property.Value)),
            JsonValueKind.Array => element.EnumerateArray().Select((value, index) => (Name: index.ToString(System.Globalization.CultureInfo.InvariantCulture), Value: value)),
            _ => null,
        };
        if (children is null)
            flat[path] = element.ToString();
        foreach (var (name, value) in children ?? [])
            Flatten(value, path.Length == 0 ? name : path + separator + name, separator, flat);
    }
}
