namespace OrderInventory.ServiceDefaults;

/// <summary>
/// The sidecar, its store or its broker did not do what was asked; nothing is known about the effect. HTTP callers get
/// 503 with Retry-After, messages are redelivered.
/// </summary>
public sealed class DependencyUnavailableException : Exception
{
    /// <summary>Names what failed.</summary>
    public DependencyUnavailableException(string message) : base(message) { }

    /// <summary>Names what failed, with the cause.</summary>
    public DependencyUnavailableException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>For serializers and analyzers only.</summary>
    public DependencyUnavailableException() { }
}
