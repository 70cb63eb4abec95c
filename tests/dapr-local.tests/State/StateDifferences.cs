namespace DaprLocal.Tests.State;

/// <summary>The recorded cases that dapr-local answers differently, each with its reason. The player fails when one is missing here or no longer differs.</summary>
internal static class StateDifferences
{
    private static readonly Dictionary<string, string> Grpc = new()
    {
    };

    private static readonly Dictionary<string, string> Http = new()
    {
    };

    /// <summary>Case name to reason for a recording.</summary>
    public static IReadOnlyDictionary<string, string> Of(string file) => file.EndsWith("grpc", StringComparison.Ordinal) ? Grpc : Http;
}
