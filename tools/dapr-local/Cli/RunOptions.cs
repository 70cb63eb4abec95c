namespace DaprLocal.Cli;

/// <summary>What <c>run</c> was asked to do; null means the default.</summary>
internal sealed record RunOptions(string? File, string? Data, bool Sample, bool Build);
