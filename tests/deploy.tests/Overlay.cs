using k8s;
using k8s.Models;
using OrderInventory.Deploy.Tests.Models;
using OrderInventory.Testing;

namespace OrderInventory.Deploy.Tests;

/// <summary>A kustomize overlay with everything that it takes in, before its patches.</summary>
internal sealed class Overlay
{
    private const string Folder = "deploy/k8s/overlays";

    public Overlay(string name)
    {
        Path = $"{Folder}/{name}";
        Kustomization = YamlFiles.Only<Kustomization>(Path + "/kustomization.yaml");
        Resources = [.. Files(Path).SelectMany(YamlFiles.Read)];
    }

    /// <summary>The overlays that there are.</summary>
    public static string[] Names { get; } = [.. Directory.GetDirectories(System.IO.Path.Combine(Repository.Root, Folder)).Select(folder => System.IO.Path.GetFileName(folder)).Order()];

    public string Path { get; }

    public Kustomization Kustomization { get; }

    public IReadOnlyList<object> Resources { get; }

    public IEnumerable<T> Of<T>() => Resources.OfType<T>();

    /// <summary>Pod templates, whatever makes them.</summary>
    public IEnumerable<(string Name, V1PodTemplateSpec Template)> Pods =>
        Of<V1Deployment>().Select(deployment => (deployment.Name(), deployment.Spec.Template))
            .Concat(Of<V1StatefulSet>().Select(set => (set.Name(), set.Spec.Template)));

    /// <summary>Kind and name of everything.</summary>
    public IEnumerable<(string Kind, string Name)> Identities => Resources.Select(resource => resource switch
    {
        IKubernetesObject<V1ObjectMeta> known => (known.Kind, known.Metadata.Name),
        Resource dapr => (dapr.Kind, dapr.Metadata.Name),
        _ => throw new InvalidOperationException($"{resource.GetType().Name} is no resource of a cluster."),
    });

    /// <summary>The files that a kustomization takes in, folders followed.</summary>
    public static IEnumerable<string> Files(string folder)
    {
        foreach (var resource in YamlFiles.Only<Kustomization>(folder + "/kustomization.yaml").Resources)
        {
            var path = System.IO.Path.GetRelativePath(Repository.Root, System.IO.Path.GetFullPath(resource, System.IO.Path.Combine(Repository.Root, folder)));
            if (Directory.Exists(System.IO.Path.Combine(Repository.Root, path)))
                foreach (var file in Files(path)) yield return file;
            else yield return path;
        }
    }
}
