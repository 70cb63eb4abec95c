namespace DaprLocal.Config;

/// <summary>Reads a Multi-App Run file with the merge rules of the Dapr CLI, but strictly: what it does not know is an error.</summary>
internal static class RunFileReader
{
    private const int MaxApps = 50;
    private static readonly string[] PortKeys = ["appPort", "daprHTTPPort", "daprGRPCPort"];

    /// <summary>Reads the file, or <c>dapr.yaml</c> in it when it is a directory.</summary>
    public static RunFile Read(string path)
    {
        var full = Path.GetFullPath(Directory.Exists(path) ? Path.Combine(path, "dapr.yaml") : path);
        var root = YamlFile.LoadOne(full, "a run file");
        root.AllowOnly(RunFileKeys.Top);
        if (root.Integer("version", 0, int.MaxValue) is null or 0)
            throw root.Error("version", "'version: 1' is required at the top of a run file");
        var common = root.Map("common");
        common?.AllowOnly(RunFileKeys.Common);

        var sections = root.Maps("apps");
        if (sections.Count is 0 or > MaxApps)
            throw root.Error("apps", $"'apps' must list 1 to {MaxApps} apps");
        var apps = sections.Select(section => ReadApp(section, common, Path.GetDirectoryName(full)!)).ToArray();
        RefuseSamePorts(apps, sections);
        return new RunFile(full, apps);
    }

    private static RunFileApp ReadApp(YamlMap app, YamlMap? common, string fileDirectory)
    {
        app.AllowOnly(RunFileKeys.App);
        if (app.Text("appProtocol") is { Length: > 0 } protocol and not "http")
            throw app.Error("appProtocol", $"dapr-local talks to apps over http only, not '{protocol}'");

        var directory = Existing(app, "appDirPath", app.RequiredText("appDirPath"), fileDirectory, Directory.Exists);
        var id = app.Text("appID") is { Length: > 0 } written ? written : Path.GetFileName(Path.TrimEndingDirectorySeparator(directory));
        if (id.Any(character => !(char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')))
            throw app.Error("appID", $"app id '{id}' may only hold letters, digits, '-', '_' and '.'");

        var defaultConfig = Path.Combine(directory, ".dapr", "config.yaml");
        return new RunFileApp
        {
            AppId = id,
            AppDirectory = directory,
            Command = [.. app.Texts("command").Select(text => text.Value)],
            AppPort = Port(app, "appPort"),
            AppChannelAddress = app.Text("appChannelAddress") is { Length: > 0 } host ? host : "127.0.0.1",
            HttpPort = Port(app, "daprHTTPPort"),
            GrpcPort = Port(app, "daprGRPCPort"),
            ResourcesPaths = ResourcesPaths(app, common, directory, fileDirectory),
            ConfigFilePath = PathOf(app, "configFilePath", directory, File.Exists)
                ?? (File.Exists(defaultConfig) ? defaultConfig : PathOf(common, "configFilePath", fileDirectory, File.Exists)),
            MaxBodySize = BodySize(app) ?? BodySize(common),
            HealthCheck = HealthCheck(app, common),
            Environment = MergeEnvironment(app, common),
        };
    }

    // The CLI fills only zero values from common: an app cannot switch back to false what common switches on.
    private static AppHealthCheck? HealthCheck(YamlMap app, YamlMap? common)
    {
        var check = new AppHealthCheck(
            HealthPath(app) ?? HealthPath(common) ?? "/healthz",
            TimeSpan.FromSeconds(NotZero(app, common, "appHealthProbeInterval") ?? 5),
            TimeSpan.FromMilliseconds(NotZero(app, common, "appHealthProbeTimeout") ?? 500),
            NotZero(app, common, "appHealthThreshold") ?? 3);
        return app.Flag("enableAppHealthCheck") is true || common?.Flag("enableAppHealthCheck") is true ? check : null;
    }

    private static string[] ResourcesPaths(YamlMap app, YamlMap? common, string appDirectory, string fileDirectory)
    {
        if (ReadPaths(app, appDirectory) is { Length: > 0 } own)
            return own;
        var conventional = Path.Combine(appDirectory, ".dapr", "resources");
        if (Directory.Exists(conventional))
            return [conventional];
        return ReadPaths(common, fileDirectory);
    }

    private static string[] ReadPaths(YamlMap? section, string baseDirectory)
    {
        if (section is null)
            return [];
        return [.. section.Texts("resourcesPaths").Select(path => Existing(path.Position, "resourcesPaths", path.Value, baseDirectory, Directory.Exists)).Distinct()];
    }

    private static Dictionary<string, string> MergeEnvironment(YamlMap app, YamlMap? common)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var section in new[] { common, app })
        {
            foreach (var (name, value) in section?.Map("env")?.AllTexts() ?? new Dictionary<string, string>())
            {
                if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal))
                    throw section!.Map("env")!.Error(name, $"'{name}' is not a name for an environment variable");
                merged[name] = value;
            }
        }
        return merged;
    }

    private static void RefuseSamePorts(RunFileApp[] apps, IReadOnlyList<YamlMap> sections)
    {
        var ports = new Dictionary<int, (string Owner, SourcePosition Position)>();
        foreach (var (app, section) in apps.Zip(sections))
        {
            foreach (var key in PortKeys)
            {
                if (Port(section, key) is not { } port || ports.TryAdd(port, ($"{key} of {app.AppId}", section.PositionOf(key)))) continue;
                var first = ports[port];
                throw section.Error(key, $"port {port} ({key} of {app.AppId}) is already used as {first.Owner} at line {first.Position.Line}");
            }
        }
    }

    // The CLI writes -1 and 0 for "not set".
    private static int? Port(YamlMap app, string key) => app.Integer(key, -1, 65535) is { } port and > 0 ? port : null;

    // Zero is Go's "not given".
    private static int? NotZero(YamlMap app, YamlMap? common, string key) =>
        app.Integer(key, 0, 3_600_000) is > 0 and var own ? own : common?.Integer(key, 0, 3_600_000) is > 0 and var shared ? shared : null;

    private static int? BodySize(YamlMap? section) => section?.Text("maxBodySize") is { Length: > 0 } text
        ? Units.Bytes(text) ?? throw section.Error("maxBodySize", $"'maxBodySize' must be a size such as 4Mi, 512Ki or 65536, not '{text}'")
        : null;

    private static string? HealthPath(YamlMap? section) => section?.Text("appHealthCheckPath") is { Length: > 0 } path
        ? path.StartsWith('/') ? path : throw section.Error("appHealthCheckPath", $"'appHealthCheckPath' must begin with '/', not '{path}'")
        : null;

    private static string? PathOf(YamlMap? section, string key, string baseDirectory, Predicate<string> exists) => section?.Text(key) is { Length: > 0 } path
        ? Existing(section, key, path, baseDirectory, exists)
        : null;

    private static string Existing(YamlMap section, string key, string path, string baseDirectory, Predicate<string> exists) =>
        Existing(section.PositionOf(key), key, path, baseDirectory, exists);

    private static string Existing(SourcePosition position, string key, string path, string baseDirectory, Predicate<string> exists)
    {
        var full = Path.GetFullPath(path, baseDirectory);
        return exists(full) ? full : throw new ConfigurationException(position, $"'{key}' is '{path}', but {full} does not exist");
    }
}
