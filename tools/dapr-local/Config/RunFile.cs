namespace DaprLocal.Config;

/// <summary>A port of the run file; without a position it was not written there and a free one was chosen.</summary>
internal sealed record PortSetting(int Port, SourcePosition? Position);

/// <summary>One app of a Multi-App Run file with the <c>common</c> section merged in; all paths are absolute.</summary>
internal sealed record RunFileApp
{
    /// <summary>The app id.</summary>
    public required string AppId { get; init; }

    /// <summary>The directory the app is started in.</summary>
    public required string AppDirectory { get; init; }

    /// <summary>Program and arguments; empty when the app is started by someone else (a debugger).</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The port the app listens on; null when it only calls its sidecar.</summary>
    public PortSetting? AppPort { get; init; }

    /// <summary>The host the app listens on.</summary>
    public string AppChannelAddress { get; init; } = "127.0.0.1";

    /// <summary>The sidecar's HTTP port; null means any free port.</summary>
    public PortSetting? HttpPort { get; init; }

    /// <summary>The sidecar's gRPC port; null means any free port.</summary>
    public PortSetting? GrpcPort { get; init; }

    /// <summary>Where the resources of the app are read from.</summary>
    public IReadOnlyList<string> ResourcesPaths { get; init; } = [];

    /// <summary>The Configuration file; null means none.</summary>
    public string? ConfigFilePath { get; init; }

    /// <summary>Largest body in bytes; null means the sidecar's default.</summary>
    public int? MaxBodySize { get; init; }

    /// <summary>True when the app promises a health endpoint, so that a 404 there is a failure.</summary>
    public bool HealthCheckEnabled { get; init; }

    /// <summary>The path asked before the app counts as started.</summary>
    public string HealthCheckPath { get; init; } = "/healthz";

    /// <summary>How often the health of an app is asked for.</summary>
    public TimeSpan HealthProbeInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long its answer may take.</summary>
    public TimeSpan HealthProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>So many failures in a row make it unhealthy.</summary>
    public int HealthThreshold { get; init; } = 3;

    /// <summary>Environment variables of <c>common</c> and of the app; the app's win.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the app's section begins.</summary>
    public required SourcePosition Position { get; init; }
}

/// <summary>A Multi-App Run file.</summary>
internal sealed record RunFile(string Path, string? Name, IReadOnlyList<RunFileApp> Apps)
{
    /// <summary>The directory of the file.</summary>
    public string Directory => System.IO.Path.GetDirectoryName(Path)!;
}
