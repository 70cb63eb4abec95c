namespace DaprLocal.Config;

/// <summary>Reads resource folders: every <c>*.yaml</c> and <c>*.yml</c> directly in them, in the order of their names.</summary>
internal static class ResourceReader
{
    private const int MaxFiles = 500;

    private const string Configuration = "Configuration";

    private static readonly string[] Supported = ["Component", "Subscription", "Resiliency", Configuration];
    private static readonly string[] WithoutEffect = ["HTTPEndpoint", "MCPServer", "WorkflowAccessPolicy"];

    /// <summary>All resources of the folders; <paramref name="environment"/> answers secrets and references to variables.</summary>
    public static ResourceSet Read(IReadOnlyList<string> folders, Func<string, string?> environment)
    {
        var notes = new List<string>();
        var documents = folders.SelectMany(FilesOf).SelectMany(file => YamlFile.Load(file).Select(root => Header(root, Path.GetDirectoryName(file)!))).ToList();
        if (environment("NAMESPACE") is { Length: > 0 } @namespace)
            documents.RemoveAll(document => document.Root.Map("metadata")!.Text("namespace") is { Length: > 0 } other && other != @namespace);
        RefuseDuplicates(documents);
        foreach (var document in documents.Where(document => WithoutEffect.Contains(document.Kind)))
            notes.Add($"{document.Root.Position.File}:{document.Root.Position.Line}: '{document.Kind}' resources have no effect in dapr-local");
        foreach (var document in documents.Where(document => document.Kind == Configuration))
            notes.Add($"{document.Root.Position.File}:{document.Root.Position.Line}: a Configuration in a resource folder has no effect, as with daprd; name it with 'configFilePath'");

        var secrets = new SecretStores(environment);
        var components = documents.Where(document => document.Kind == "Component").ToLookup(document =>
            SecretStores.Holds(document.Root.Map("spec")?.Text("type") ?? ""));
        foreach (var document in components[true])
            secrets.Add(ComponentReader.Read(document, secrets), document.Directory);

        var resiliency = documents.Where(document => document.Kind == "Resiliency").Select(ResiliencyReader.Read).ToArray();
        return new ResourceSet(
            [.. components[false].Select(document => ComponentReader.Read(document, secrets))],
            [.. documents.Where(document => document.Kind == "Subscription").Select(SubscriptionManifestReader.Read)],
            resiliency,
            [.. notes, .. resiliency.SelectMany(resource => resource.Notes)]);
    }

    /// <summary>The document with its kind, version and name checked.</summary>
    public static ResourceDocument Header(YamlMap root, string directory)
    {
        var kind = root.RequiredText("kind");
        if (!Supported.Contains(kind) && !WithoutEffect.Contains(kind))
            throw root.Error("kind", $"unknown kind '{kind}'{Nearest.Hint(kind, Supported)}");
        var apiVersion = root.RequiredText("apiVersion");
        string[] known = kind == "Subscription" ? ["dapr.io/v2alpha1", "dapr.io/v1alpha1"] : ["dapr.io/v1alpha1"];
        if (!known.Contains(apiVersion) && !WithoutEffect.Contains(kind))
            throw root.Error("apiVersion", $"apiVersion '{apiVersion}' is unknown for a {kind}; write {string.Join(" or ", known)}");
        var metadata = root.Map("metadata") ?? throw root.Error("metadata", $"a {kind} needs 'metadata: {{name: …}}'");
        metadata.AllowOnly(["name", "namespace", "labels", "annotations", "creationTimestamp"]);
        return new ResourceDocument(kind, apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..], metadata.RequiredText("name"), root, directory);
    }

    private static string[] FilesOf(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder)
            .Where(file => Path.GetExtension(file).ToUpperInvariant() is ".YAML" or ".YML")
            .Take(MaxFiles + 1).Order(StringComparer.Ordinal)];
        return files.Length <= MaxFiles
            ? files
            : throw new ConfigurationException(new SourcePosition(YamlFile.DisplayName(folder), 1), $"the folder holds more than {MaxFiles} YAML files; is it a resource folder?");
    }

    private static void RefuseDuplicates(IEnumerable<ResourceDocument> documents)
    {
        var seen = new Dictionary<(string, string), SourcePosition>();
        foreach (var document in documents)
        {
            if (seen.TryGetValue((document.Kind, document.Name), out var first))
                throw new ConfigurationException(document.Root.Position, $"{document.Kind} '{document.Name}' is already defined at {first.File}:{first.Line}");
            seen[(document.Kind, document.Name)] = document.Root.Position;
        }
    }
}
