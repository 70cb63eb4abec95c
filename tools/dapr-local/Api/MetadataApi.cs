using System.Collections.Concurrent;
using DaprLocal.Config;

namespace DaprLocal.Api;

/// <summary>A component as the metadata show it.</summary>
internal sealed record ComponentInfo(string Name, string Type, string Version, IReadOnlyList<string> Capabilities);

/// <summary>The metadata building block of one sidecar, and the request to end it.</summary>
internal sealed class MetadataApi(SidecarOptions options, IReadOnlyList<ComponentInfo> components)
{
    /// <summary>The daprd whose contract this sidecar follows.</summary>
    public const string RuntimeVersion = "1.18.3";

    private const int MaxExtended = 256;
    private readonly ConcurrentDictionary<string, string> _extended = new() { ["daprRuntimeVersion"] = RuntimeVersion };

    /// <summary>Raised by <c>POST /v1.0/shutdown</c>.</summary>
    public event Action? ShutdownRequested;

    /// <summary>What is served; set once the app has been asked.</summary>
    public IReadOnlyList<Subscription> Subscriptions { get; set; } = [];

    /// <summary>True once the app listens.</summary>
    public bool IsHostReady { get; set; }

    /// <summary>What daprd says about its placement service: an app that is ready has one.</summary>
    public string Placement => IsHostReady ? "placement: connected" : "placement: disconnected";

    /// <summary>The sidecar's own settings.</summary>
    public SidecarOptions Options => options;

    /// <summary>What the app sees.</summary>
    public IReadOnlyList<ComponentInfo> Components => components;

    /// <summary>Attributes, the callers' among them.</summary>
    public IReadOnlyDictionary<string, string> Extended => new SortedDictionary<string, string>(_extended, StringComparer.Ordinal);

    /// <summary>Sets an attribute of the caller's choice; beyond a bound of names new ones are ignored.</summary>
    public void Set(string key, string value)
    {
        if (_extended.Count < MaxExtended || _extended.ContainsKey(key)) _extended[key] = value;
    }

    /// <summary>Asks the host to end the sidecar.</summary>
    public void RequestShutdown() => ShutdownRequested?.Invoke();
}
