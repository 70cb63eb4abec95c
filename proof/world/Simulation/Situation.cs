using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OrderApp.Storage;

namespace OrderInventory.Proof.Simulation;

/// <summary>
/// Where a run stands, as text: all that is stored, published, on its way, awaited, or known to a client, and for what a process
/// may remember, what it was told.
/// </summary>
internal static partial class Situation
{
    // What the apps measure time against, an order is young, a group is looked at, it is late, ends here; up to then every look finds another age.
    private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    // Pages of the agenda begin by the clock: which one is written next depends on where in one a run stands.
    private static readonly TimeSpan Page = TimeSpan.FromSeconds(AgendaPages.SlotSeconds);

    /// <summary>Where <paramref name="world"/> stands now.</summary>
    public static async Task<string> OfAsync(World world)
    {
        var now = world.Time.Now;
        var stored = new List<string>();
        foreach (var (key, value) in await world.State.ValuesAsync(world.Orders.AppId, "")) stored.Add(Aged($"{key} {Encoding.UTF8.GetString(value.Span)}", now));
        // Nothing that inventory-app does depends on the time.
        foreach (var (key, value) in await world.State.ValuesAsync(world.Inventory[0].AppId, "")) stored.Add(Timeless($"{key} {Encoding.UTF8.GetString(value.Span)}"));
        return string.Join('\n', (string[])[
            .. stored.OrderBy(line => Ids().Replace(line, ""), StringComparer.Ordinal),
            .. ((AppProcess[])[world.Orders, .. world.Inventory]).Select(process => $"{process.Name} {string.Join(' ', process.Memory)}").Concat(world.Engine.Situation).Concat(world.Broker.Situation).Concat(world.Clients!()).Concat(world.Open.Select(call => $"wanted {call}")).Concat(world.Next).Select(Timeless),
            $"{now.Ticks % Page.Ticks} into a page",
            .. world.Awaited.Select(due => (due - now).Ticks.ToString(CultureInfo.InvariantCulture))]);
    }

    /// <summary>The same text for whatever differs from it only in which ids were drawn.</summary>
    public static string Named(string text)
    {
        var names = new Dictionary<string, int>();
        return Ids().Replace(text, id =>
        {
            if (!names.TryGetValue(id.Value, out var name)) names[id.Value] = name = names.Count;
            return name.ToString(CultureInfo.InvariantCulture);
        });
    }

    /// <summary>The same text for whatever differs from it only in when it happened.</summary>
    public static string Timeless(string text) => Times().Replace(text, "#");

    /// <summary>The same text for whatever differs from it only in when it happened, as far as order-app does something other then.</summary>
    private static string Aged(string text, DateTimeOffset now) => Timeless(Due().Replace(text, found =>
        Age(now.UtcDateTime - DateTime.ParseExact(found.Groups["time"].ValueSpan, "s", CultureInfo.InvariantCulture))));

    private static string Age(TimeSpan age) => (age < TimeSpan.Zero ? "in " : "") + (age.Duration() > Oldest ? "long" : Math.Ceiling(age.Duration() / Look).ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"(?<=""(since|due|deadline)"":"")(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)[^""]*")]
    private static partial Regex Due();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|(\+|\\u002B)00:00)|agenda:\d+:\d+|(?<![-\w])\d{9,}(?![-\w])|run-\d+|\d+ more")]
    private static partial Regex Times();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\\b[0-9a-f]{32}\\b")]
    private static partial Regex Ids();
}
