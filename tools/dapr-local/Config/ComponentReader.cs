namespace DaprLocal.Config;

/// <summary>Reads <c>Component</c> documents (dapr.io/v1alpha1).</summary>
internal static class ComponentReader
{
    private static readonly string[] Sources = ["value", "secretKeyRef", "envRef"];

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
            entry.AllowOnly(["name", "value", "secretKeyRef", "envRef"]);
            var name = entry.RequiredText("name");
            string[] sources = [.. Sources.Where(entry.Has)];
            if (sources.Length > 1)
                throw entry.Error(sources[1], $"metadata '{name}' has both '{sources[0]}' and '{sources[1]}'; keep one");
            var value = sources is [] ? ""
                : sources[0] == "value" ? entry.Text("value")!
                : sources[0] == "envRef" ? secrets.ResolveEnvironment(entry)
                : secrets.Resolve(store, entry.Map("secretKeyRef")!);
            if (!metadata.TryAdd(name, value))
                throw entry.Error("name", $"metadata '{name}' is given twice (names are compared without case)");
        }
        return metadata;
    }
}
