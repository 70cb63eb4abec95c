namespace DaprLocal.Api;

/// <summary>Text that is not JSON; the message is the one a caller of daprd knows.</summary>
internal sealed class GoJsonException(string message) : Exception(message);
