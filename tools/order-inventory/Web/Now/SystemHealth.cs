using System.Globalization;
using System.Text.Json;
using OrderInventory.Cli;

namespace OrderInventory.Web.Now;

/// <summary>What an app needs, as <c>GET /api/health</c> shows it: store, broker or engine, and how its last use went.</summary>
internal sealed record ReadDependency(string Name, string Status, DateTimeOffset? LastSuccess, DateTimeOffset? LastError, string? Error);

/// <summary>How an app gets on with what it needs.</summary>
/// <param name="App">The app.</param>
/// <param name="Dependencies">What it needs; null when it does not tell.</param>
/// <param name="Problem">Why it does not answer; null when it does, if only by refusing.</param>
internal sealed record AppHealth(string App, IReadOnlyList<ReadDependency>? Dependencies, string? Problem);

/// <summary>How both apps get on with store, broker and engine at <paramref name="now"/>.</summary>
internal sealed class SystemHealth(AppHealth orders, AppHealth inventory, DateTimeOffset now)
{
    private const string Name = "Store, broker, engine";
    private const int MaxError = 150;

    // With a full disk reads work and writes do not, so that the last use alone says one thing now and another then. order-app's
    // agenda writes every 5 seconds, and lists what waits only once it could.
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(30);

    private readonly AppHealth[] _apps = [orders, inventory];

    /// <summary>Asks both apps.</summary>
    public static async Task<SystemHealth> ReadAsync(SystemClient system, TimeProvider time, CancellationToken cancellationToken)
    {
        var apps = await Task.WhenAll(new[] { system.Orders, system.Inventory }.Select(app => ReadAsync(app, cancellationToken)));
        return new SystemHealth(apps[0], apps[1], time.GetUtcNow());
    }

    /// <summary>What fails, or that nothing does; null when neither app may tell this caller. <paramref name="unanswered"/>: what an app did not answer although it told this, as while its store hangs.</summary>
    public Tile? Tile(IReadOnlyList<string> unanswered)
    {
        if (_apps.All(app => app is { Dependencies: null, Problem: null })) return null;
        var silent = _apps.Select(app => app.Problem).OfType<string>().Concat(unanswered).Distinct().ToArray();
        var failing = Failing.ToArray();
        if (failing.Length > 0) return new Tile(Name, Fail([.. failing.Select(one => one.Of.Name).Distinct()]), string.Join(" ", failing.Select(Story).Concat(silent)), null, [], IsBad: true);
        if (silent.Length > 0) return new Tile(Name, "–", string.Join(" ", silent), null, []);
        var told = _apps.Where(app => app.Dependencies is not null).ToArray();
        var unused = told.SelectMany(app => app.Dependencies!.Where(one => one.Status == "UNKNOWN").Select(one => $"{app.App}’s {one.Name}")).ToArray();
        var works = unused.Length < told.Sum(app => app.Dependencies!.Count);
        return new Tile(Name, works ? "work" : "–", unused.Length == 0 ? "for " + string.Join(" and ", told.Select(app => app.App)) : "not used since the start: " + string.Join(", ", unused), null, []);
    }

    /// <summary>
    /// Why it is not known whether order-app lists all orders that wait; null when it does. It lists an order once its agenda could store that it looked.
    /// </summary>
    public string? Doubt => Failing.ToArray() is { Length: > 0 } failing ? "not known while " + Fail([.. failing.Select(one => $"{one.App}’s {one.Of.Name}")])
        : _apps.FirstOrDefault(app => app.Problem is not null) is { } silent ? $"not known while {silent.App} does not answer"
        : orders.Dependencies is null ? $"not known: {orders.App} does not tell whether it can store"
        : orders.Dependencies.Any(one => one is { Name: "store", Status: "WORKING" }) ? null : $"not known: {orders.App} has not used its store since its start";

    private IEnumerable<(string App, ReadDependency Of)> Failing =>
        _apps.SelectMany(app => (app.Dependencies ?? []).Where(one => one.Status == "FAILING" || now - one.LastError < Recent).Select(one => (app.App, one)));

    private static string Fail(IReadOnlyList<string> names) => string.Join(", ", names) + (names.Count == 1 ? " fails" : " fail");

    private static string Story((string App, ReadDependency Of) failing)
    {
        var (app, of) = failing;
        var error = of.Error is { Length: > MaxError } text ? text[..MaxError] + "…" : of.Error;
        return string.Create(CultureInfo.InvariantCulture, $"{app}’s {of.Name} failed last at {of.LastError:u} and worked last {(of.LastSuccess is { } success ? $"at {success:u}" : "before the app’s start")}{(string.IsNullOrEmpty(error) ? "." : ": " + error)}");
    }

    private static async Task<AppHealth> ReadAsync(AppClient app, CancellationToken cancellationToken)
    {
        try
        {
            // An earlier version does not tell.
            return new AppHealth(app.Name, (await app.DataAsync("/api/health", cancellationToken))?.Deserialize<ReadDependency[]>(JsonSerializerOptions.Web), null);
        }
        catch (NotAnsweredException error)
        {
            return new AppHealth(app.Name, null, error.Message);
        }
        catch (UnauthorizedAccessException)
        {
            return new AppHealth(app.Name, null, null);
        }
    }
}
