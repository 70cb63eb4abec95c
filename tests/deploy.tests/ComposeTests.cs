using System.Text.RegularExpressions;
using System.Xml.Linq;
using k8s.Models;
using OrderInventory.Deploy.Tests.Models;
using OrderInventory.Testing;

namespace OrderInventory.Deploy.Tests;

/// <summary>What <c>docker compose</c> starts, and the images of the apps.</summary>
public sealed partial class ComposeTests
{
    private static readonly ComposeFile Compose = YamlFiles.Only<ComposeFile>("deploy/compose/compose.yaml");
    private static readonly string[] Env = File.ReadAllLines(Path.Combine(Repository.Root, "deploy/compose/example.env"));

    [Fact]
    public void Services_ArePinnedAndOnThisMachineOnly()
    {
        Assert.Equal(["kafka", "postgres", "redis"], Compose.Services.Where(service => service.Value.Profiles is []).Select(service => service.Key).Order());
        foreach (var (name, service) in Compose.Services)
        {
            Assert.Matches(@"^[\w./-]+:v?\d+\.\d+(\.\d+)?$", service.Image);
            Assert.All(service.Ports, port => Assert.StartsWith("127.0.0.1:", port));
            if (service.Profiles is []) Assert.NotNull(service.Healthcheck);
            else Assert.True(service.Profiles is ["observe"], name);
        }
    }

    [Fact]
    public void Volumes_AreDeclaredOrFilesOfTheRepository()
    {
        var mounts = Compose.Services.Values.SelectMany(service => service.Volumes).Select(volume => volume.Split(':')[0]).ToArray();

        Assert.Equal(Compose.Volumes.Keys.Order(), mounts.Where(mount => !mount.StartsWith('.')).Order());
        Assert.All(mounts.Where(mount => mount.StartsWith('.')), mount => Assert.True(File.Exists(Path.Combine(Repository.Root, "deploy/compose", mount)), mount));
    }

    [Fact]
    public void EnvironmentExample_SetsWhatComposeAndTheComponentsAskFor()
    {
        var set = Env.Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#')).Select(line => line.Split('=')[0]).ToHashSet();
        var asked = Variable().Matches(File.ReadAllText(Path.Combine(Repository.Root, "deploy/compose/compose.yaml"))).Select(match => match.Groups[1].Value)
            .Concat(new[] { "components/kafka-postgres", "components/kafka-redis" }.SelectMany(YamlFiles.In<Component>).SelectMany(component => component.Secrets.Values).Select(secret => secret.Name));

        Assert.Equal(asked.Concat(["APP_API_TOKEN", "DAPR_API_TOKEN", "OTEL_EXPORTER_OTLP_ENDPOINT"]).Distinct().Order(), set.Order());
        Assert.Contains("deploy/compose/.env", File.ReadAllLines(Path.Combine(Repository.Root, ".gitignore")));
    }

    [Fact]
    public void Addresses_OfTheExample_AreThoseOfTheServices()
    {
        var ports = Compose.Services.Values.SelectMany(service => service.Ports).Select(port => port.Split(':')[1]).ToHashSet();

        var used = Env.SelectMany(line => Address().Matches(line).Select(match => match.Groups[1].Value)).ToArray();
        Assert.Equal(4, used.Length);
        Assert.All(used, port => Assert.Contains(port, ports));
    }

    // As many as replicas at most: each partition is read by one of them.
    [Fact]
    public void Topics_HaveThreePartitionsEverywhere()
    {
        var dev = new Overlay("dev").Pods.Single(pod => pod.Name == "kafka").Template.Spec.Containers.Single();

        Assert.Equal("3", Compose.Services["kafka"].Environment["KAFKA_NUM_PARTITIONS"]);
        Assert.Equal("3", dev.Env.Single(variable => variable.Name == "KAFKA_NUM_PARTITIONS").Value);
        Assert.Equal(Compose.Services["kafka"].Image, dev.Image);
        Assert.Equal("3", YamlFiles.In<Component>("components/local").Single(component => component.Metadata.Name == "pubsub").Value("partitions"));
        Assert.Contains("num.partitions=3", File.ReadAllLines(Path.Combine(Repository.Root, "eng/servers")));
        Assert.Contains("\npartitions: 3, and as many more as", File.ReadAllText(Path.Combine(Repository.Root, "docs/operations.md")), StringComparison.Ordinal);
        Assert.All(new Overlay("production").Of<V2HorizontalPodAutoscaler>(), scaler => Assert.Equal(3, scaler.Spec.MaxReplicas));
    }

    [Theory]
    [InlineData("order-app")]
    [InlineData("inventory-app")]
    public void Image_OfAnApp_IsWhatTheManifestsRun(string app)
    {
        // Of both apps.
        var project = XDocument.Load(Path.Combine(Repository.Root, "src/Directory.Build.props"));
        string Property(string name) => project.Descendants(name).Single().Value;
        var spec = new Overlay("dev").Pods.Single(pod => pod.Name == app).Template.Spec;
        var version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

        Assert.Equal(("$(MSBuildProjectName)", "$(Version)"), (Property("ContainerRepository"), Property("ContainerImageTag")));
        Assert.Equal($"{app}:{version}", spec.Containers.Single().Image);
        Assert.EndsWith("-chiseled", Property("ContainerFamily"), StringComparison.Ordinal);
        Assert.Equal(Property("ContainerUser"), spec.SecurityContext.RunAsUser.ToString());
        Assert.Equal(
            spec.Containers.Single().Ports.Select(port => port.ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            project.Descendants("ContainerPort").Select(port => port.Attribute("Include")!.Value));
        Assert.All(new Overlay("production").Kustomization.Images, image => Assert.Equal(version, image.NewTag));
    }

    [GeneratedRegex(@"\$\{(\w+)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"127\.0\.0\.1(?::| port=)(\d+)")]
    private static partial Regex Address();
}
