using System.Globalization;

namespace OrderApp.Domain;

/// <summary>
/// Names of what stores changes of orders: <c>{group}#{call}</c>, where call 0 is the intake together with the first call of
/// the group's activity, and 1, 2, … are the later ones. A change carries the name, so whoever repeats the call publishes
/// exactly what it stored.
/// </summary>
internal static class GroupCall
{
    /// <summary>The call of <paramref name="group"/> with this number.</summary>
    public static string Of(string group, int call) => string.Create(CultureInfo.InvariantCulture, $"{group}#{call}");

    /// <summary>True when the call <paramref name="by"/> belongs to <paramref name="group"/>.</summary>
    public static bool IsOf(string? by, string group) => by is not null && by.Length > group.Length && by[group.Length] == '#' && by.StartsWith(group, StringComparison.Ordinal);
}
