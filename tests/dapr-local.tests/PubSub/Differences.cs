namespace DaprLocal.Tests.PubSub;

/// <summary>
/// The recorded cases of pub/sub and hosting that dapr-local answers differently, each with its reason. A case that
/// differs without being here fails its test, and so does an entry that no longer differs: the list can only shrink.
/// </summary>
internal static class Differences
{
    private const string NoBody = "the recording does not tell the body null from no body; the player sends none";

    private static readonly Dictionary<string, Dictionary<string, string>> Known = new()
    {
        ["publish-http"] = new() { ["json_null"] = NoBody },
        ["publish-http-in-memory"] = new() { ["json_null"] = NoBody },
    };

    /// <summary>Case name to reason for a recording.</summary>
    public static IReadOnlyDictionary<string, string> Of(string file) => Known.GetValueOrDefault(file) ?? [];
}
