namespace DaprLocal.Config;

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
    public int? AppPort { get; init; }

    /// <summary>The host the app listens on.</summary>
    public string AppChannelAddress { get; init; } = "127.0.0.1";

    /// <summary>The sidecar's HTTP port; null means any free port.</summary>
    public int? HttpPort { get; init; }

    /// <summary>The sidecar's gRPC port; null means any free port.</summary>
    public int? GrpcPort { get; init; }

    /// <summary>Where the resources of the app are read from.</summary>
    public IReadOnlyList<string> ResourcesPaths { get; init; } = [];

    /// <summary>The Configuration file; null means none.</summary>
    public string? ConfigFilePath { get; init; }

    /// <summary>Largest body in bytes; null means the sidecar's default.</summary>
    public int? MaxBodySize { get; init; }

    /// <summary>How the app is asked whether it is healthy; null: one that listens is.</summary>
    public AppHealthCheck? HealthCheck { get; init; }

    /// <summary>Environment variables of <c>common</c> and of the app; the app's win.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

/// <summary>A Multi-App Run file.</summary>
internal sealed record RunFile(string Path, IReadOnlyList<RunFileApp> Apps);
