using System.Globalization;

namespace OrderInventory.Testing.Processes;

/// <summary>
/// An app of a run file; without a port it only uses its sidecar, and without a <paramref name="Dll"/> it is started by the caller, not by
/// dapr-local. With <paramref name="CanLeave"/> its sidecar gives up its partitions, for other replicas, when it does not answer any more.
/// </summary>
public sealed record RunFileApp(string AppId, int? AppPort, int HttpPort, int GrpcPort, string? Dll = null, bool CanLeave = false);

/// <summary>The Multi-App Run file of a folder, and dapr-local on it: sidecars with all their data in that folder.</summary>
public static class RunFile
{
    private const string Name = "run.yaml";
    private static readonly string[] TopicScopes = ["allowedTopics", "publishingScopes", "subscriptionScopes"];

    /// <summary>Writes the file. <paramref name="token"/> is what the apps expect from their sidecars (APP_API_TOKEN); <paramref name="configuration"/> the file of a Configuration, null for none.</summary>
    public static void Write(string folder, string resources, string token, IEnumerable<RunFileApp> apps, string? configuration = null)
    {
        static string Number(int port) => port.ToString(CultureInfo.InvariantCulture);
        var lines = apps.SelectMany(app => (string[])
        [
            "  - appID: " + app.AppId,
            "    appDirPath: " + folder,
            .. app.AppPort is { } port ? (string[])["    appPort: " + Number(port)] : [],
            "    daprHTTPPort: " + Number(app.HttpPort),
            "    daprGRPCPort: " + Number(app.GrpcPort),
            .. app.CanLeave ? (string[])["    enableAppHealthCheck: true", "    appHealthCheckPath: /healthz", "    appHealthProbeInterval: 1"] : [],
            $"    env: {{ APP_API_TOKEN: {token} }}",
            .. app.Dll is { } dll ? (string[])[$"    command: [\"dotnet\", \"{dll}\"]"] : [],
        ]);
        string[] configured = configuration is null ? [] : [$"  configFilePath: \"{configuration}\""];
        File.WriteAllLines(Path.Combine(folder, Name), ["version: 1", "common:", $"  resourcesPaths: [\"{resources}\"]", .. configured, "apps:", .. lines]);
    }

    /// <summary>
    /// Copies components that are for <paramref name="apps"/> instead of the apps of their scopes, and with <paramref name="anyTopic"/>
    /// without scopes of topics; returns the folder.
    /// </summary>
    public static string CopyComponents(string folder, IEnumerable<string> files, IEnumerable<string> apps, bool anyTopic = false)
    {
        var copy = Directory.CreateDirectory(Path.Combine(folder, "components")).FullName;
        foreach (var file in files)
        {
            var lines = File.ReadAllLines(file).Select(line => line.StartsWith("scopes:", StringComparison.Ordinal) ? $"scopes: [{string.Join(", ", apps)}]" : line).ToList();
            // A name and the line of its value.
            for (var i = 0; anyTopic && i < lines.Count; i++)
                if (TopicScopes.Any(scope => lines[i].Trim() == "- name: " + scope)) lines.RemoveRange(i--, 2);
            File.WriteAllLines(Path.Combine(copy, Path.GetFileName(file)), lines);
        }

        return copy;
    }

    /// <summary>Starts dapr-local; what was stored in the folder before is there again.</summary>
    public static ServerProcess Run(string folder, IReadOnlyDictionary<string, string?>? environment = null, params string[] options) => ServerProcess.Start(
        ServerProcess.Dll("dapr-local"), ["run", "-f", Path.Combine(folder, Name), "--data", Path.Combine(folder, "data"), "--no-sample", .. options], folder, environment);
}
