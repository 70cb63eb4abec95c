namespace DaprLocal.State;

/// <summary>A state store as one app sees it: under its own prefix.</summary>
internal sealed record StateComponent(string Name, string Type, string Version, IStateStore Store, string Prefix)
{
    /// <summary>What stands between prefix and key.</summary>
    public const string Separator = "||";

    /// <summary>The prefix of an app's keys by the component's <c>keyPrefix</c> (null when it is not given).</summary>
    public static string PrefixOf(string? keyPrefix, string component, string appId, string? @namespace) => keyPrefix?.ToLowerInvariant() switch
    {
        null or "appid" => appId + Separator,
        "name" => component + Separator,
        "none" => "",
        "namespace" => (string.IsNullOrEmpty(@namespace) ? "" : @namespace + ".") + appId + Separator,
        var literal => literal + Separator,
    };

    /// <summary>The app's key of a stored key.</summary>
    public string Unprefixed(string storedKey) => storedKey[Prefix.Length..];
}
