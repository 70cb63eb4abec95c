using YamlDotNet.Serialization;

namespace OrderInventory.Deploy.Tests.Models;

/// <summary>A Multi-App Run file, with the keys that are used here.</summary>
internal sealed class RunFileModel
{
    public required int Version { get; init; }
    public string? Name { get; init; }
    public required RunCommon Common { get; init; }
    public required RunApp[] Apps { get; init; }
}

internal sealed class RunCommon
{
    public required string ConfigFilePath { get; init; }
    public required string[] ResourcesPaths { get; init; }
    public Dictionary<string, string> Env { get; init; } = [];
}

internal sealed class RunApp
{
    [YamlMember(Alias = "appID", ApplyNamingConventions = false)] public required string AppId { get; init; }
    public required string AppDirPath { get; init; }
    public required int AppPort { get; init; }
    [YamlMember(Alias = "daprHTTPPort", ApplyNamingConventions = false)] public required int DaprHttpPort { get; init; }
    [YamlMember(Alias = "daprGRPCPort", ApplyNamingConventions = false)] public required int DaprGrpcPort { get; init; }
    public bool EnableAppHealthCheck { get; init; }
    public string? AppHealthCheckPath { get; init; }
    public Dictionary<string, string> Env { get; init; } = [];
    public required string[] Command { get; init; }
}

/// <summary>A <c>kustomization.yaml</c>, with the fields that are used here.</summary>
internal sealed class Kustomization
{
    public required string ApiVersion { get; init; }
    public required string Kind { get; init; }
    public string? Namespace { get; init; }
    public required string[] Resources { get; init; }
    public KustomizePatch[] Patches { get; init; } = [];
    public ConfigMapGenerator[] ConfigMapGenerator { get; init; } = [];
    public KustomizeImage[] Images { get; init; } = [];
}

internal sealed class KustomizePatch
{
    public required string Path { get; init; }
    public PatchTarget? Target { get; init; }
}

internal sealed class PatchTarget
{
    public required string Kind { get; init; }
    public string? Name { get; init; }
}

internal sealed class ConfigMapGenerator
{
    public required string Name { get; init; }
    public required string[] Literals { get; init; }
}

internal sealed class KustomizeImage
{
    public required string Name { get; init; }
    public required string NewName { get; init; }
    public required string NewTag { get; init; }
}

/// <summary>The rules by which Spectral reads the OpenAPI documents.</summary>
internal sealed class SpectralRules
{
    public required string[] Extends { get; init; }
}

/// <summary>One operation of a JSON patch.</summary>
internal sealed class JsonPatchOperation
{
    public required string Op { get; init; }
    public required string Path { get; init; }
    public required string Value { get; init; }
}

/// <summary>A compose file, with the keys that are used here.</summary>
internal sealed class ComposeFile
{
    public required string Name { get; init; }
    public required Dictionary<string, ComposeService> Services { get; init; }
    public required Dictionary<string, ComposeVolume> Volumes { get; init; }
}

internal sealed class ComposeService
{
    public required string Image { get; init; }
    public string[] Profiles { get; init; } = [];
    public string[] Ports { get; init; } = [];
    public string[] Command { get; init; } = [];
    public Dictionary<string, string> Environment { get; init; } = [];
    public string[] Volumes { get; init; } = [];
    public ComposeHealthCheck? Healthcheck { get; init; }
    public required string Restart { get; init; }
}

internal sealed class ComposeHealthCheck
{
    public required string[] Test { get; init; }
    public required string Interval { get; init; }
    public required string Timeout { get; init; }
    public required int Retries { get; init; }
}

internal sealed class ComposeVolume;

/// <summary>What operations of the real Dapr cost, for <c>dapr-local --costs</c>.</summary>
internal sealed record PriceList
{
    public required int Processors { get; init; }

    public required double AppShare { get; init; }

    public required Dictionary<string, PriceOfOperation> Operations { get; init; }
}

/// <summary>Milliseconds of processor time of one item in a call of its own, and of each of sixteen in one call.</summary>
internal sealed record PriceOfOperation
{
    public required double Alone { get; init; }

    public double? InSixteen { get; init; }
}
