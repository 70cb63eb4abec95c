namespace DaprLocal.Config;

/// <summary>Reads resource folders: every <c>*.yaml</c> and <c>*.yml</c> directly in them, in the order of their names.</summary>
internal static class ResourceReader
{
    private static readonly string[] Kinds = ["Component", "Resiliency"];

    /// <summary>All resources of the folders; <paramref name="environment"/> answers secrets and references to variables.</summary>
    public static ResourceSet Read(IReadOnlyList<string> folders, Func<string, string?> environment)
    {
        var documents = folders.SelectMany(FilesOf).SelectMany(file => YamlFile.Load(file).Select(root => Header(root, Kinds))).ToList();
        RefuseDuplicates(documents);
        var secrets = new SecretStores(environment);
        var components = documents.Where(document => document.Kind == "Component").ToLookup(document =>
            SecretStores.Holds(document.Root.Map("spec")?.Text("type") ?? ""));
        foreach (var document in components[true])
            secrets.Add(ComponentReader.Read(document, secrets));
        return new ResourceSet(
            [.. components[false].Select(document => ComponentReader.Read(document, secrets))],
            [.. documents.Where(document => document.Kind == "Resiliency").Select(ResiliencyReader.Read)]);
    }

    /// <summary>The document with its kind, version and name checked.</summary>
    public static ResourceDocument Header(YamlMap root, IReadOnlyList<string> kinds)
    {
        var kind = root.RequiredText("kind");
        if (!kinds.Contains(kind))
            throw root.Error("kind", kind switch
            {
                "Subscription" => "dapr-local does not have declarative subscriptions; let the app answer GET /dapr/subscribe",
                "Configuration" => "a Configuration is no resource of a folder; name it with 'configFilePath'",
                _ => $"dapr-local does not know resources of kind '{kind}' here; known are {string.Join(", ", kinds)}",
            });
        if (root.RequiredText("apiVersion") is var version and not "dapr.io/v1alpha1")
            throw root.Error("apiVersion", $"apiVersion '{version}' is unknown for a {kind}; write dapr.io/v1alpha1");
        var metadata = root.Map("metadata") ?? throw root.Error("metadata", $"a {kind} needs 'metadata: {{name: …}}'");
        metadata.AllowOnly(["name", "namespace", "labels", "annotations", "creationTimestamp"]);
        return new ResourceDocument(kind, metadata.RequiredText("name"), root);
    }

    private static IEnumerable<string> FilesOf(string folder) => Directory.EnumerateFiles(folder)
        .Where(file => Path.GetExtension(file).ToUpperInvariant() is ".YAML" or ".YML")
        .Order(StringComparer.Ordinal);

    private static void RefuseDuplicates(IEnumerable<ResourceDocument> documents)
    {
        var seen = new Dictionary<(string, string), SourcePosition>();
        foreach (var document in documents)
        {
            if (!seen.TryAdd((document.Kind, document.Name), document.Root.Position))
            {
                var first = seen[(document.Kind, document.Name)];
                throw new ConfigurationException(document.Root.Position, $"{document.Kind} '{document.Name}' is already defined at {first.File}:{first.Line}");
            }
        }
    }
}
