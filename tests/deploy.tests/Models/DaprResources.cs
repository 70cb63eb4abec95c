using YamlDotNet.Serialization;


namespace OrderInventory.Deploy.Tests.Models;

/// <summary>A <c>Component</c> of dapr.io/v1alpha1, with every field that there is.</summary>
internal sealed class Component : Resource
{
    public required ComponentSpec Spec { get; init; }
    public Auth? Auth { get; init; }
    public string[] Scopes { get; init; } = [];

    /// <summary>A text in clear, null when it is not given or is a secret.</summary>
    public string? Value(string name) => Spec.Metadata.SingleOrDefault(item => item.Name == name)?.Value;

    /// <summary>The secrets that are asked for, by the name of the metadata.</summary>
    public Dictionary<string, SecretKeyRef> Secrets => Spec.Metadata.Where(item => item.SecretKeyRef is not null).ToDictionary(item => item.Name, item => item.SecretKeyRef!);
}

internal sealed class ComponentSpec
{
    public required string Type { get; init; }
    public required string Version { get; init; }
    public bool IgnoreErrors { get; init; }
    public string? InitTimeout { get; init; }
    public required MetadataItem[] Metadata { get; init; }
}

internal sealed class MetadataItem
{
    public required string Name { get; init; }
    public string? Value { get; init; }
    public string? EnvRef { get; init; }
    public SecretKeyRef? SecretKeyRef { get; init; }
}

internal sealed record SecretKeyRef
{
    public required string Name { get; init; }
    public required string Key { get; init; }
}

internal sealed class Auth
{
    public required string SecretStore { get; init; }
}

/// <summary>A <c>Configuration</c>, with the sections that are used here.</summary>
internal sealed class DaprConfiguration : Resource
{
    public required ConfigurationSpec Spec { get; init; }
}

internal sealed class ConfigurationSpec
{
    public Tracing? Tracing { get; init; }
    public AccessControl? AccessControl { get; init; }
    public SecretsSpec? Secrets { get; init; }
}

internal sealed class Tracing
{
    public required string SamplingRate { get; init; }
    public Otel? Otel { get; init; }
}

internal sealed class Otel
{
    public required string EndpointAddress { get; init; }
    public bool IsSecure { get; init; }
    public required string Protocol { get; init; }
}

internal sealed class AccessControl
{
    public required string DefaultAction { get; init; }
}

internal sealed class SecretsSpec
{
    public required SecretScope[] Scopes { get; init; }
}

internal sealed class SecretScope
{
    public required string StoreName { get; init; }
    public required string DefaultAccess { get; init; }
}

/// <summary>A <c>WorkflowAccessPolicy</c> of Dapr 1.18, without conditions on the caller's history: who may do what with the workflows of the apps in scope.</summary>
internal sealed class WorkflowAccessPolicy : Resource
{
    public required WorkflowAccessSpec Spec { get; init; }
    public string[] Scopes { get; init; } = [];
}

internal sealed class WorkflowAccessSpec
{
    public required WorkflowAccessRule[] Rules { get; init; }
}

internal sealed class WorkflowAccessRule
{
    public required WorkflowCaller[] Callers { get; init; }
    public WorkflowOperations[] Workflows { get; init; } = [];
    public WorkflowActivityName[] Activities { get; init; } = [];
}

internal sealed class WorkflowCaller
{
    [YamlMember(Alias = "appID", ApplyNamingConventions = false)] public required string AppId { get; init; }
}

internal sealed class WorkflowOperations
{
    public required string Name { get; init; }
    public required string[] Operations { get; init; }
}

internal sealed class WorkflowActivityName
{
    public required string Name { get; init; }
}

/// <summary>A <c>Resiliency</c>, with the parts that are used here.</summary>
internal sealed class Resiliency : Resource
{
    public required ResiliencySpec Spec { get; init; }
    public string[] Scopes { get; init; } = [];
}

internal sealed class ResiliencySpec
{
    public required Policies Policies { get; init; }
    public required Targets Targets { get; init; }
}

internal sealed class Policies
{
    public required Dictionary<string, Retry> Retries { get; init; }
}

internal sealed class Retry
{
    public required string Policy { get; init; }
    public string? Duration { get; init; }
    public string? MaxInterval { get; init; }
    public int MaxRetries { get; init; } = -1;
}

internal sealed class Targets
{
    public required Dictionary<string, Target> Components { get; init; }
}

internal sealed class Target
{
    public Direction? Inbound { get; init; }
    public Direction? Outbound { get; init; }
}

internal sealed class Direction
{
    public string? Timeout { get; init; }
    public required string Retry { get; init; }
}

/// <summary>What every Dapr resource begins with.</summary>
internal abstract class Resource
{
    public required string ApiVersion { get; init; }
    public required string Kind { get; init; }
    public required ResourceName Metadata { get; init; }
}

internal sealed class ResourceName
{
    public required string Name { get; init; }
}
