using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace DaprLocal.Hosting;

/// <summary>
/// Takes orders to break the run, for a program that shows that nothing is lost. Its address holds a secret, and only the apps know it
/// whose environment in the run file names <see cref="Variable"/>.
/// </summary>
internal sealed class FaultServer : IAsyncDisposable
{
    /// <summary>The variable with the address.</summary>
    public const string Variable = "DAPR_LOCAL_FAULTS";

    private static readonly TimeSpan LongestFreeze = TimeSpan.FromSeconds(60);

    private readonly WebApplication _web;

    private FaultServer(WebApplication web, Uri address) => (_web, Address) = (web, address);

    /// <summary>Where orders are taken: <c>GET apps</c>, <c>POST apps/{id}/kill</c>, <c>POST apps/{id}/sidecar</c> and <c>POST store?seconds=</c> below it.</summary>
    public Uri Address { get; }

    /// <summary>Starts it on loopback; null when no app of the run is to know it.</summary>
    public static async Task<FaultServer?> StartAsync(RunSession session, RunPlan plan, CancellationToken stop)
    {
        var breakable = plan.Apps.Where(app => !IsTold(app) && app.App.Command.Count > 0).Select(app => app.App.AppId).Distinct().ToArray();
        if (!plan.Apps.Any(IsTold)) return null;
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "dapr-local" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        var web = builder.Build();
        web.UseRouting();
        var faults = web.MapGroup("/" + secret);
        faults.MapGet("apps", () => breakable);
        faults.MapPost("apps/{id}/kill", (string id) => BreakAsync(id, session.KillAppAsync));
        faults.MapPost("apps/{id}/sidecar", (string id) => BreakAsync(id, session.CutSidecarAsync));
        faults.MapPost("store", (string? seconds) =>
        {
            if (!int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length < 1 || length > LongestFreeze.TotalSeconds) return Results.BadRequest();
            session.FreezeStores(TimeSpan.FromSeconds(length));
            return Results.Ok();
        });
        await web.StartAsync(stop);
        return new FaultServer(web, new Uri(new Uri(web.Urls.First()), $"/{secret}/"));

        async Task<IResult> BreakAsync(string id, Func<string, Task> fault)
        {
            if (!breakable.Contains(id)) return Results.NotFound();
            await fault(id);
            return Results.Ok();
        }
    }

    /// <summary>True for an app that is to know the address.</summary>
    public static bool IsTold(AppPlan app) => app.App.Environment.ContainsKey(Variable);

    public ValueTask DisposeAsync() => _web.DisposeAsync();
}
