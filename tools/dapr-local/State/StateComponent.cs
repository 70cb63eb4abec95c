using DaprLocal.Costs;

namespace DaprLocal.State;

/// <summary>A state store as one app sees it: under its own prefix.</summary>
internal sealed record StateComponent(string Name, IStateStore Store, string Prefix)
{
    /// <summary>What its operations cost.</summary>
    public CostModel Costs { get; init; } = CostModel.None;

    /// <summary>What stands between prefix and key.</summary>
    public const string Separator = "||";

    /// <summary>The app's key of a stored key.</summary>
    public string Unprefixed(string storedKey) => storedKey[Prefix.Length..];
}
