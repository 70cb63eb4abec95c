namespace DaprLocal.Config;

/// <summary>The names of the policies that a target asks for in one direction, with the place of each.</summary>
internal sealed record PolicyReference(YamlText? Retry, YamlText? Timeout);

/// <summary>A <c>Resiliency</c> resource as written: named policies, and targets that refer to them by name.</summary>
internal sealed record ResiliencyManifest(
    string Name,
    IReadOnlyDictionary<string, RetryPolicy> Retries,
    IReadOnlyDictionary<string, TimeSpan> Timeouts,
    IReadOnlyDictionary<string, PolicyReference> Inbound,
    IReadOnlyDictionary<string, PolicyReference> Outbound,
    IReadOnlyDictionary<string, PolicyReference> Apps,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string> Notes,
    SourcePosition Position);
