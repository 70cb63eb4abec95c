namespace DaprLocal.Hosting;

/// <summary>Why a run ends by itself; <paramref name="Failed"/> decides the exit code.</summary>
internal sealed record RunEnd(string Message, bool Failed);
