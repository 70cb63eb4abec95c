namespace DaprLocal.Config;

/// <summary>Reads <c>Component</c> documents (dapr.io/v1alpha1).</summary>
internal static class ComponentReader
{
    /// <summary>The component with its secrets resolved.</summary>
    public static ComponentManifest Read(ResourceDocument document, SecretStores secrets)
    {
        var root = document.Root;
        root.AllowOnly(["apiVersion", "kind", "metadata", "spec", "auth", "scopes"]);
        var spec = root.Map("spec") ?? throw root.Error("spec", $"component '{document.Name}' has no 'spec'");
        spec.AllowOnly(["type", "version", "ignoreErrors", "initTimeout", "metadata"]);
        spec.Flag("ignoreErrors");
        spec.Duration("initTimeout");
        var auth = root.Map("auth");
        auth?.AllowOnly(["secretStore"]);

        return new ComponentManifest(
            document.Name,
            spec.RequiredText("type"),
            spec.RequiredText("version"),
            ReadMetadata(spec, auth?.Text("secretStore"), secrets),
            [.. root.Texts("scopes").Select(scope => scope.Value)],
            root.Position);
    }

    private static Dictionary<string, string> ReadMetadata(YamlMap spec, string? store, SecretStores secrets)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in spec.Maps("metadata"))
        {
            entry.AllowOnly(["name", "value", "secretKeyRef"]);
            var name = entry.RequiredText("name");
            if (entry.Has("value") && entry.Has("secretKeyRef"))
                throw entry.Error("secretKeyRef", $"metadata '{name}' has both 'value' and 'secretKeyRef'; keep one");
            var value = entry.Map("secretKeyRef") is { } reference ? secrets.Resolve(store, reference) : entry.Text("value") ?? "";
            if (!metadata.TryAdd(name, value))
                throw entry.Error("name", $"metadata '{name}' is given twice (names are compared without case)");
        }
        return metadata;
    }
}
