using System.Globalization;
using System.Security.Cryptography;
using DaprLocal.Config;

namespace DaprLocal.Hosting;

/// <summary>Reads the run file and all resources, chooses ports and tokens, and so decides everything about a run.</summary>
internal static class RunPlanner
{
    // Inherited, these would send an app to another sidecar, or all apps to the same port.
    private static readonly string[] Misleading = ["DAPR_HTTP_ENDPOINT", "DAPR_GRPC_ENDPOINT", "DAPR_METRICS_PORT", "ASPNETCORE_URLS", "DOTNET_URLS", "URLS"];

    /// <summary>The plan for a run file; <paramref name="environment"/> is what we inherited.</summary>
    public static RunPlan Create(string runFilePath, Func<string, string?> environment)
    {
        var file = RunFileReader.Read(runFilePath);
        var apps = WithPorts(file.Apps);
        var folders = new Dictionary<string, ResourceSet>(StringComparer.Ordinal);
        var configurations = new Dictionary<string, SidecarSettings>(StringComparer.Ordinal);
        var plans = new List<AppPlan>();
        foreach (var app in apps)
        {
            var key = string.Join('\n', app.ResourcesPaths);
            if (!folders.TryGetValue(key, out var resources))
                folders[key] = resources = ResourceReader.Read(app.ResourcesPaths, environment);
            var settings = SidecarSettings.Default;
            if (app.ConfigFilePath is { } path)
            {
                if (!configurations.TryGetValue(path, out settings!))
                    configurations[path] = settings = ConfigurationReader.Read(path);
            }
            plans.Add(Plan(app, resources, settings, environment));
        }
        RefuseReplicasOnSqlite(plans);
        return new RunPlan(
            file,
            plans,
            // One definition is opened once, even where its templates expand differently for each app (a consumer group).
            [.. plans.SelectMany(plan => plan.Sidecar.Components).DistinctBy(component => component.Position)]);
    }

    // An app that is listed twice has two replicas. Kafka shares its messages out among them; the file has one reader.
    private static void RefuseReplicasOnSqlite(IEnumerable<AppPlan> plans)
    {
        foreach (var replicas in plans.GroupBy(plan => plan.App.AppId).Where(replicas => replicas.Count() > 1))
        {
            if (replicas.First().Sidecar.Components.FirstOrDefault(component => component.Type == "pubsub.sqlite") is not { } broker) continue;
            throw new ConfigurationException(broker.Position, $"the run file lists '{replicas.Key}' {replicas.Count()} times, and pubsub.sqlite cannot share messages out among replicas; use pubsub.kafka, or give each app an id of its own");
        }
    }

    private static AppPlan Plan(RunFileApp app, ResourceSet resources, SidecarSettings settings, Func<string, string?> environment)
    {
        var (components, resiliency) = resources.For(app.AppId);
        string? Setting(string variable) => app.Environment.GetValueOrDefault(variable) is { Length: > 0 } own ? own
            : environment(variable) is { Length: > 0 } inherited ? inherited
            : null;
        var options = new SidecarOptions
        {
            AppId = app.AppId,
            HttpPort = app.HttpPort!.Value,
            GrpcPort = app.GrpcPort!.Value,
            AppPort = app.AppPort,
            AppChannelAddress = app.AppChannelAddress,
            ApiToken = Setting("DAPR_API_TOKEN"),
            // An app started by someone else cannot learn a random token.
            AppToken = Setting("APP_API_TOKEN") ?? (app.Command.Count > 0 ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)) : null),
            Components = components,
            Resiliency = resiliency,
            Retention = settings.Retention,
            DeniesCalls = settings.DeniesCalls,
            HealthCheck = app.HealthCheck,
        };
        if (app.MaxBodySize is { } bytes)
            options = options with { MaxBodySize = bytes };
        return new AppPlan(app, options, EnvironmentOf(app, options));
    }

    private static Dictionary<string, string?> EnvironmentOf(RunFileApp app, SidecarOptions options)
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var name in Misleading.Concat(DotnetTool.LeftBehind))
            variables[name] = null;
        variables["APP_ID"] = app.AppId;
        variables["APP_PORT"] = app.AppPort?.ToString(CultureInfo.InvariantCulture);
        variables["APP_CHANNEL_ADDRESS"] = app.AppChannelAddress;
        variables["APP_PROTOCOL"] = "http";
        variables["DAPR_HTTP_PORT"] = options.HttpPort.ToString(CultureInfo.InvariantCulture);
        variables["DAPR_GRPC_PORT"] = options.GrpcPort.ToString(CultureInfo.InvariantCulture);
        variables["APP_API_TOKEN"] = options.AppToken;
        variables["DAPR_API_TOKEN"] = options.ApiToken;
        foreach (var (name, value) in app.Environment)
            variables[name] = value;
        return variables;
    }

    private static RunFileApp[] WithPorts(IReadOnlyList<RunFileApp> apps)
    {
        int[] written = [.. apps.SelectMany(app => new[] { app.AppPort, app.HttpPort, app.GrpcPort }).OfType<int>()];
        var free = new Queue<int>(Ports.Free(apps.Count * 2, written));
        return [.. apps.Select(app => app with
        {
            HttpPort = app.HttpPort ?? free.Dequeue(),
            GrpcPort = app.GrpcPort ?? free.Dequeue(),
        })];
    }
}
