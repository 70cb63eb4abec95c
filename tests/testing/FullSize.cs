namespace OrderInventory.Testing;

/// <summary>
/// Tests that take minutes at their full size run at it when <c>OI_FULL=true</c>, as <c>.ci/full</c> sets it before a release, and
/// smaller otherwise. Full are 200 rounds of each race on each store instead of 20, 5 000 saves and activities, 1 000 workflows
/// under kills: the same tests, other numbers.
/// </summary>
public static class FullSize
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("OI_FULL") == "true";

    /// <summary><paramref name="full"/> when <c>OI_FULL=true</c>, else <paramref name="small"/>.</summary>
    public static int Or(int full, int small) => IsFull ? full : small;
}
