namespace OrderInventory.Testing;

/// <summary>
/// Tests that take minutes at their full size run at it when <c>OI_FULL=true</c>, as <c>.ci/full</c> sets it before a release, and
/// smaller otherwise: the same tests, other numbers.
/// </summary>
public static class FullSize
{
    /// <summary>Whether everything is to run at its full size.</summary>
    public static bool IsWanted { get; } = Environment.GetEnvironmentVariable("OI_FULL") == "true";

    /// <summary><paramref name="full"/> when <c>OI_FULL=true</c>, else <paramref name="small"/>.</summary>
    public static int Or(int full, int small) => IsWanted ? full : small;
}
