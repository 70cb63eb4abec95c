using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace OrderInventory.ServiceDefaults.Health;

/// <summary>What an app needs behind its sidecar.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Dependency>))]
public enum Dependency
{
    /// <summary>The state store.</summary>
    [JsonStringEnumMemberName("store")]
    Store = 1,

    /// <summary>The message broker, as far as publishing goes.</summary>
    [JsonStringEnumMemberName("broker")]
    Broker,

    /// <summary>The workflow engine.</summary>
    [JsonStringEnumMemberName("engine")]
    Engine,
}

/// <summary>How a dependency was when it was used last.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DependencyStatus>))]
public enum DependencyStatus
{
    /// <summary>It has not been used since the start.</summary>
    [JsonStringEnumMemberName("UNKNOWN")]
    Unknown = 1,

    /// <summary>It answered.</summary>
    [JsonStringEnumMemberName("WORKING")]
    Working,

    /// <summary>It did not answer, or with an error.</summary>
    [JsonStringEnumMemberName("FAILING")]
    Failing,
}

/// <summary>What this process saw of a dependency since its start.</summary>
/// <param name="Name">store, broker or engine.</param>
/// <param name="Status">UNKNOWN before its first use, WORKING or FAILING by its last one.</param>
/// <param name="LastSuccess">When it last answered, UTC; null for never.</param>
/// <param name="LastError">When it last failed, UTC; null for never.</param>
/// <param name="Error">What it said then, or why it did not answer; null for never.</param>
public sealed record DependencyView(Dependency Name, DependencyStatus Status, DateTimeOffset? LastSuccess, DateTimeOffset? LastError, string? Error);

/// <summary>Remembers how each use of a dependency went. A refusal, a lost race for one, is an answer.</summary>
public sealed class Dependencies(TimeProvider time)
{
    private const int MaxError = 500;

    private readonly ConcurrentDictionary<Dependency, DependencyView> _seen = new();

    /// <summary>It answered.</summary>
    public void Answered(Dependency dependency)
    {
        var now = time.GetUtcNow();
        _seen.AddOrUpdate(dependency, new DependencyView(dependency, DependencyStatus.Working, now, null, null), (_, seen) => seen with { Status = DependencyStatus.Working, LastSuccess = now });
    }

    /// <summary>It did not answer, or with <paramref name="error"/>.</summary>
    public void Failed(Dependency dependency, string error)
    {
        ArgumentNullException.ThrowIfNull(error);
        var (now, text) = (time.GetUtcNow(), error.Length > MaxError ? error[..MaxError] : error);
        _seen.AddOrUpdate(dependency, new DependencyView(dependency, DependencyStatus.Failing, null, now, text), (_, seen) => seen with { Status = DependencyStatus.Failing, LastError = now, Error = text });
    }

    /// <summary>How each of them is.</summary>
    public ImmutableArray<DependencyView> Of(IEnumerable<Dependency> dependencies) =>
        [.. dependencies.Select(dependency => _seen.GetValueOrDefault(dependency) ?? new DependencyView(dependency, DependencyStatus.Unknown, null, null, null))];
}
