namespace OrderInventory.Testing;

/// <summary>Tests that take minutes at their full size run at it in CI (<c>CI=true</c>, as .ci/run sets it), and smaller at a developer's desk.</summary>
public static class FullSize
{
    private static readonly bool IsCi = Environment.GetEnvironmentVariable("CI") == "true";

    /// <summary><paramref name="full"/> in CI, else <paramref name="small"/>.</summary>
    public static int Or(int full, int small) => IsCi ? full : small;
}
