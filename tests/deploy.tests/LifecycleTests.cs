using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;
using OrderInventory.Testing;

namespace OrderInventory.Deploy.Tests;

/// <summary>How pods come, leave and are started again: the times of Kubernetes, of the sidecars and of the apps agree.</summary>
public sealed partial class LifecycleTests
{
    // Of daprd itself, for the messages in hand.
    private const int DrainSeconds = 30;

    public static TheoryData<string> Names => KubernetesTests.Names;

    // The order: no more messages (at once), what is in hand ends, the sidecar leaves, and only then Kubernetes kills.
    [Theory]
    [MemberData(nameof(Names))]
    public void Pod_ThatLeaves_TakesNoMoreFinishesAndLeaves(string name)
    {
        var runbook = File.ReadAllText(Path.Combine(Repository.Root, "docs/operations.md"));
        foreach (var deployment in new Overlay(name).Of<V1Deployment>())
        {
            var (template, container) = (deployment.Spec.Template, deployment.Spec.Template.Spec.Containers.Single());
            var ended = container.Lifecycle.PreStop.Sleep.Seconds + ShutdownOfTheApps();
            Assert.True(ended <= Annotation(template, "block-shutdown-duration"), "the sidecar serves the app until it has ended");
            // An app that does not answer any more is no reason to leave earlier.
            Assert.True(Annotation(template, "app-health-probe-interval") * (Annotation(template, "app-health-threshold") - 1) >= ShutdownOfTheApps());
            Assert.True(template.Spec.TerminationGracePeriodSeconds >= Annotation(template, "block-shutdown-duration") + DrainSeconds + Annotation(template, "graceful-shutdown-seconds"));
            string[] told =
            [
                $"`dapr.io/block-shutdown-duration`, {Annotation(template, "block-shutdown-duration")} s |", $"`preStop`, {container.Lifecycle.PreStop.Sleep.Seconds} s |",
                $"| to {ended} |", $"{ShutdownOfTheApps()} s, in the code |", $"`dapr.io/graceful-shutdown-seconds`, {Annotation(template, "graceful-shutdown-seconds")} s |",
                $"| {template.Spec.TerminationGracePeriodSeconds} |",
            ];
            Assert.All(told, text => Assert.Contains(text, runbook, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Deployments_AreReplacedOneByOne(string name)
    {
        var overlay = new Overlay(name);
        foreach (var deployment in overlay.Of<V1Deployment>())
        {
            var (app, template) = (deployment.Name(), deployment.Spec.Template);
            Assert.Equal("0", deployment.Spec.Strategy.RollingUpdate.MaxUnavailable.Value);
            Assert.Null(deployment.Spec.Replicas);
            var budget = overlay.Of<V1PodDisruptionBudget>().Single(budget => budget.Name() == app).Spec;
            Assert.Equal((app, "1"), (budget.Selector.MatchLabels["app"], budget.MaxUnavailable.Value));
            var scaler = overlay.Of<V2HorizontalPodAutoscaler>().Single(scaler => scaler.Name() == app).Spec;
            Assert.Equal(("Deployment", app), (scaler.ScaleTargetRef.Kind, scaler.ScaleTargetRef.Name));
            // The budget lets one go, and another one stays.
            Assert.InRange(scaler.MinReplicas!.Value, 2, scaler.MaxReplicas);
            Assert.All(template.Spec.TopologySpreadConstraints, spread => Assert.Equal(app, spread.LabelSelector.MatchLabels["app"]));
            Assert.Equal(2, template.Spec.TopologySpreadConstraints.Count);
        }
    }

    // The sidecar asks /healthz before it serves the app, so neither that nor the start may wait for the sidecar.
    [Theory]
    [MemberData(nameof(Names))]
    public void Probes_RestartAnAppThatLostItsSidecarAndNoneThatWaitsForIt(string name)
    {
        foreach (var template in new Overlay(name).Of<V1Deployment>().Select(deployment => deployment.Spec.Template))
        {
            var container = template.Spec.Containers.Single();
            Assert.Equal(
                ("/healthz", "/healthz", "/livez", "/readyz"),
                (template.Metadata.Annotations["dapr.io/app-health-check-path"], container.StartupProbe.HttpGet.Path, container.LivenessProbe.HttpGet.Path, container.ReadinessProbe.HttpGet.Path));
            // A sidecar that hangs takes the app 4 s to tell: less would make every outage of the sidecar look like a dead app.
            Assert.All([container.LivenessProbe, container.ReadinessProbe], probe => Assert.InRange(probe.TimeoutSeconds ?? 1, 5, probe.PeriodSeconds!.Value));
            // Dapr's own probe starts a dead sidecar again first.
            Assert.True(LossOfASidecar() > TimeSpan.FromSeconds(Annotation(template, "sidecar-liveness-probe-period-seconds") * Annotation(template, "sidecar-liveness-probe-threshold")));
        }
    }

    private static int Annotation(V1PodTemplateSpec template, string name) => int.Parse(template.Metadata.Annotations["dapr.io/" + name].TrimEnd('s'), CultureInfo.InvariantCulture);

    private static int ShutdownOfTheApps() =>
        int.Parse(ShutdownTimeout().Match(File.ReadAllText(Path.Combine(Repository.Root, "src/service-defaults/ServiceDefaults.cs"))).Groups[1].Value, CultureInfo.InvariantCulture);

    // Its default, from the table that another test compares with the code.
    private static TimeSpan LossOfASidecar() =>
        TimeSpan.Parse(SidecarLostAfter().Match(File.ReadAllText(Path.Combine(Repository.Root, "docs/settings.md"))).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"ShutdownTimeout = TimeSpan\.FromSeconds\((\d+)\)")]
    private static partial Regex ShutdownTimeout();

    [GeneratedRegex(@"\| `Health__SidecarLostAfter` \| both \| `([\d:.]+)` \|")]
    private static partial Regex SidecarLostAfter();
}
