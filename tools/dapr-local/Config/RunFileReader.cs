namespace DaprLocal.Config;

/// <summary>Reads a Multi-App Run file with the merge rules of the Dapr CLI, but strictly: what it does not know is an error.</summary>
internal static class RunFileReader
{
    private const int MaxApps = 50;

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
        RefuseDuplicates(apps);
        return new RunFile(full, root.Text("name"), apps);
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
            // The CLI fills only zero values from common: an app cannot switch back to false what common switches on.
            HealthCheckEnabled = app.Flag("enableAppHealthCheck") is true || common?.Flag("enableAppHealthCheck") is true,
            HealthCheckPath = HealthPath(app) ?? HealthPath(common) ?? "/healthz",
            HealthProbeInterval = TimeSpan.FromSeconds(NotZero(app, common, "appHealthProbeInterval") ?? 5),
            HealthProbeTimeout = TimeSpan.FromMilliseconds(NotZero(app, common, "appHealthProbeTimeout") ?? 500),
            HealthThreshold = NotZero(app, common, "appHealthThreshold") ?? 3,
            Environment = MergeEnvironment(app, common),
            Position = app.Position,
        };
    }

    private static string[] ResourcesPaths(YamlMap app, YamlMap? common, string appDirectory, string fileDirectory)
    {
        if (ReadPaths(app, appDirectory) is { Length: > 0 } own)
            return own;
        var conventional = Path.Combine(appDirectory, ".dapr", "resources");
        if (Directory.Exists(conventional))
            return [conventional];
        if (ReadPaths(common, fileDirectory) is { Length: > 0 } shared)
            return shared;
        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dapr", "components");
        return Directory.Exists(home) ? [home] : [];
    }

    private static string[] ReadPaths(YamlMap? section, string baseDirectory)
    {
        if (section is null)
            return [];
        if (section.Has("resourcesPath") && section.Has("resourcesPaths"))
            throw section.Error("resourcesPath", "write either 'resourcesPaths' or the deprecated 'resourcesPath', not both");
        if (PathOf(section, "resourcesPath", baseDirectory, Directory.Exists) is { } single)
            return [single];
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

    private static void RefuseDuplicates(RunFileApp[] apps)
    {
        var ids = new Dictionary<string, RunFileApp>(StringComparer.Ordinal);
        var ports = new Dictionary<int, (string Owner, SourcePosition Position)>();
        foreach (var app in apps)
        {
            if (!ids.TryAdd(app.AppId, app))
                throw new ConfigurationException(app.Position, $"app id '{app.AppId}' is already used at line {ids[app.AppId].Position.Line}");
            (PortSetting? Setting, string Key)[] used = [(app.AppPort, "appPort"), (app.HttpPort, "daprHTTPPort"), (app.GrpcPort, "daprGRPCPort")];
            foreach (var (setting, key) in used)
            {
                if (setting is { Position: { } position } && !ports.TryAdd(setting.Port, ($"{key} of {app.AppId}", position)))
                {
                    var first = ports[setting.Port];
                    throw new ConfigurationException(position, $"port {setting.Port} ({key} of {app.AppId}) is already used as {first.Owner} at line {first.Position.Line}");
                }
            }
        }
    }

    // The CLI writes -1 and 0 for "not set".
    private static PortSetting? Port(YamlMap app, string key) => app.Integer(key, -1, 65535) is { } port and > 0 ? new PortSetting(port, app.PositionOf(key)) : null;

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
