using k8s.Models;
using OrderInventory.Contracts;
using OrderInventory.Deploy.Tests.Models;
using OrderInventory.Testing;

namespace OrderInventory.Deploy.Tests;

/// <summary>The overlays of <c>deploy/k8s</c>, whole: what refers to something finds it.</summary>
public sealed class KubernetesTests
{
    private static readonly string[] Apps = ["inventory-app", "order-app"];

    public static TheoryData<string> Names { get; } = [.. Overlay.Names];

    [Fact]
    public void Overlays_AreDevAndProductionAndTakeEveryFileIn()
    {
        Assert.Equal(["dev", "production"], Overlay.Names);

        var used = Overlay.Names.SelectMany(name => new Overlay(name) is var overlay
            ? Overlay.Files(overlay.Path).Concat(overlay.Kustomization.Patches.Select(patch => $"{overlay.Path}/{patch.Path}"))
            : []);
        Assert.Equal(YamlFiles.All.Where(file => file.StartsWith("deploy/k8s/", StringComparison.Ordinal) && !file.EndsWith("kustomization.yaml", StringComparison.Ordinal)), used.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Overlay_HasEachNameOnceAndItsPatchesHaveTargets(string name)
    {
        var overlay = new Overlay(name);
        var identities = overlay.Identities.ToArray();

        Assert.Equal(identities.Distinct().Order(), identities.Order());
        Assert.Equal("order-inventory", overlay.Kustomization.Namespace);
        Assert.Contains(("Namespace", "order-inventory"), identities);
        foreach (var patch in overlay.Kustomization.Patches)
        {
            var document = YamlFiles.Read($"{overlay.Path}/{patch.Path}").Single();
            if (document is Resource resource) Assert.Contains((resource.Kind, resource.Metadata.Name), identities);
            else Assert.Contains(identities, identity => identity.Kind == patch.Target!.Kind);
        }

        Assert.All(overlay.Kustomization.Images, image => Assert.Contains(overlay.Pods, pod => pod.Template.Spec.Containers.Any(container => container.Image.Split(':')[0] == image.Name)));
        Assert.Equal([Topics.PubSub, "statestore"], overlay.Of<Component>().Select(component => component.Metadata.Name).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Deployments_AreDaprAppsWithTokensBothWays(string name)
    {
        var overlay = new Overlay(name);
        Assert.Equal(Apps, overlay.Of<V1Deployment>().Select(deployment => deployment.Name()).Order());
        foreach (var deployment in overlay.Of<V1Deployment>())
        {
            var (app, template, container) = Parts(deployment);
            var annotations = template.Metadata.Annotations;
            Assert.Equal((app, "true", "true"), (annotations["dapr.io/app-id"], annotations["dapr.io/enabled"], annotations["dapr.io/enable-app-health-check"]));
            Assert.Contains(overlay.Of<DaprConfiguration>(), configuration => configuration.Metadata.Name == annotations["dapr.io/config"]);
            Assert.Equal(annotations["dapr.io/app-port"], Port(container, "http"));
            Assert.Equal(annotations["prometheus.io/port"], Port(container, "metrics"));
            Assert.Equal(Port(container, "metrics"), container.Env.Single(variable => variable.Name == "METRICS_PORT").Value);
            Assert.Equal((annotations["dapr.io/app-token-secret"], "token"), Secret(container, "APP_API_TOKEN"));
            Assert.Equal((annotations["dapr.io/api-token-secret"], "token"), Secret(container, "DAPR_API_TOKEN"));
            Assert.NotEqual(annotations["dapr.io/app-token-secret"], annotations["dapr.io/api-token-secret"]);
            Assert.All(container.EnvFrom, source => Assert.Contains(overlay.Kustomization.ConfigMapGenerator, map => map.Name == source.ConfigMapRef.Name));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Pods_HaveNoRightsThatTheyDoNotNeed(string name)
    {
        var overlay = new Overlay(name);
        foreach (var (pod, template) in overlay.Pods)
        {
            var spec = template.Spec;
            var container = Assert.Single(spec.Containers);
            Assert.Equal((true, "RuntimeDefault", false), (spec.SecurityContext.RunAsNonRoot, spec.SecurityContext.SeccompProfile.Type, container.SecurityContext.AllowPrivilegeEscalation));
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.True(container.Resources.Requests.ContainsKey("cpu") && container.Resources.Requests.ContainsKey("memory") && container.Resources.Limits.ContainsKey("memory"));
            Assert.Matches(@"^[^:]+:\d[\w.]*$", container.Image);
            if (!Apps.Contains(pod))
            {
                Assert.False(spec.AutomountServiceAccountToken);
                continue;
            }

            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.Equal(pod, spec.ServiceAccountName);
            Assert.False(overlay.Of<V1ServiceAccount>().Single(account => account.Name() == pod).AutomountServiceAccountToken);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void NetworkPolicies_LetInWhoIsNamedAndSelectPodsThatExist(string name)
    {
        var overlay = new Overlay(name);
        var policies = overlay.Of<V1NetworkPolicy>().ToArray();
        var pods = overlay.Pods.Select(pod => pod.Name).Order();

        var nobody = policies.Single(policy => policy.Name() == "nobody").Spec;
        Assert.Equal((true, true), (nobody.PodSelector.MatchLabels is null or { Count: 0 }, nobody.Ingress is null or { Count: 0 }));
        var named = policies.Where(policy => policy.Name() != "nobody").SelectMany(policy => policy.Spec.PodSelector.MatchLabels?.Values ?? policy.Spec.PodSelector.MatchExpressions.SelectMany(expression => expression.Values));
        Assert.Equal(pods, named.Order());
        foreach (var service in overlay.Of<V1Service>())
        {
            var template = overlay.Pods.Single(pod => pod.Name == service.Spec.Selector["app"]).Template;
            Assert.Equal(service.Name(), template.Metadata.Labels["app"]);
            Assert.All(service.Spec.Ports, port => Assert.NotNull(Port(template.Spec.Containers.Single(), port.TargetPort.Value)));
        }

        var apps = policies.Single(policy => policy.Name() == "apps").Spec;
        // Wherever the brokers, the stores, the collector and the issuer of tokens are.
        Assert.Equal(["9092", "9093", "5432", "4317", "443"], apps.Egress.Where(rule => rule.To is null or []).SelectMany(rule => rule.Ports).Select(port => port.Port.Value));
        // Other apps reach the sidecars, never an app itself.
        Assert.Equal(["50002"], apps.Ingress.Where(rule => rule.FromProperty.Any(peer => (peer.PodSelector ?? peer.NamespaceSelector).MatchLabels?.ContainsKey("order-inventory/caller") == true)).SelectMany(rule => rule.Ports).Select(port => port.Port.Value));
        var inwards = apps.Ingress.SelectMany(rule => rule.Ports).Select(port => port.Port.Value).ToArray();
        Assert.All(overlay.Of<V1Deployment>(), deployment => Assert.All(Parts(deployment).Container.Ports, port => Assert.Contains(port.ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture), inwards)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Workflows_AreForTheAppThatHasThem(string name)
    {
        var policy = Assert.Single(new Overlay(name).Of<WorkflowAccessPolicy>());
        var rule = Assert.Single(policy.Spec.Rules);

        Assert.Equal(["order-app"], policy.Scopes);
        Assert.Equal("order-app", Assert.Single(rule.Callers).AppId);
        Assert.Equal(("*", "*"), (Assert.Single(rule.Workflows).Name, Assert.Single(rule.Activities).Name));
        Assert.Equal(["get", "pause", "purge", "raise", "rerun", "resume", "schedule", "terminate"], rule.Workflows[0].Operations.Order());
        // Without certificates, self-hosted, it would keep the replicas of order-app apart.
        Assert.DoesNotContain(YamlFiles.All.Where(file => file.StartsWith("components/", StringComparison.Ordinal)).SelectMany(YamlFiles.Read), document => document is WorkflowAccessPolicy);
    }

    // docs/operations.md tells which secrets to make; it must be these, no more and no less.
    [Theory]
    [MemberData(nameof(Names))]
    public void Secrets_AreThoseThatTheRunbookMakes(string name)
    {
        var overlay = new Overlay(name);
        var needed = overlay.Of<Component>().SelectMany(component => component.Secrets.Values).Select(secret => (secret.Name, secret.Key))
            .Concat(overlay.Pods.SelectMany(pod => pod.Template.Spec.Containers.Single().Env).Where(variable => variable.ValueFrom is not null).Select(variable => (variable.ValueFrom.SecretKeyRef.Name, variable.ValueFrom.SecretKeyRef.Key)))
            .Distinct().Select(secret => $"{secret.Item1} {secret.Item2}");

        var told = File.ReadLines(Path.Combine(Repository.Root, "docs/operations.md")).Where(line => line.StartsWith("| `order-inventory-", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Where(cells => cells[3].Contains(name, StringComparison.Ordinal)).Select(cells => $"{cells[1].Trim('`')} {cells[2].Trim('`')}");
        Assert.Equal(needed.Order(), told.Order());
    }

    [Fact]
    public void Deployments_DifferInNothingButTheName()
    {
        static string Text(string app) => File.ReadAllText(Path.Combine(Repository.Root, $"deploy/k8s/base/{app}.yaml"));

        Assert.Equal(Text("inventory-app"), Text("order-app").Replace("order-app", "inventory-app", StringComparison.Ordinal));
    }

    private static (string App, V1PodTemplateSpec Template, V1Container Container) Parts(V1Deployment deployment) =>
        (deployment.Name(), deployment.Spec.Template, deployment.Spec.Template.Spec.Containers.Single());

    private static string Port(V1Container container, string name) => container.Ports.Single(port => port.Name == name).ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static (string, string) Secret(V1Container container, string variable) =>
        container.Env.Single(found => found.Name == variable).ValueFrom.SecretKeyRef is var secret ? (secret.Name, secret.Key) : default;
}
