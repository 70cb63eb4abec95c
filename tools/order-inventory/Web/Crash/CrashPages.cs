using System.Text.Json;
using OrderInventory.Cli;
using OrderInventory.Web.Audits;
using OrderInventory.Web.Products;

namespace OrderInventory.Web.Crash;

/// <summary>The page on which a run of dapr-local is broken while orders are placed.</summary>
internal static class CrashPages
{
    public static void MapCrashPages(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        // Only dapr-local can do it.
        if (services.GetService<Faults>() is not { } faults) return;
        var (system, load, audits, me) = (services.GetRequiredService<SystemClient>(), services.GetRequiredService<CrashLoad>(), services.GetRequiredService<AuditRuns>(), services.GetRequiredService<Operator>());
        var ending = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        routes.MapLivePage<Pages.CrashPage, CrashModel>("/crash", (_, _) => "Crash", async (_, cancellationToken) =>
            new CrashModel(await faults.AppsAsync(cancellationToken), load.Counts, await StockAsync(system.Inventory, cancellationToken), faults.Kept, audits.Model));
        Map("start", () => load.Start(ending));
        Map("stop", load.Stop);
        MapOfApp("kill", faults.Kill);
        MapOfApp("sidecar", faults.CutSidecar);
        Map("freeze", () => faults.FreezeStore(me.Name));
        Map("audit", () => audits.Begin([CrashLoad.User], me.Name));

        void Map(string name, Action action) => routes.MapAction("/crash/" + name, (_, _, _) =>
        {
            action();
            return Task.FromResult("/crash");
        });

        void MapOfApp(string name, Action<string, string> action) => routes.MapAction("/crash/" + name, async (_, form, cancellationToken) =>
        {
            var app = form["app"].ToString();
            if (!(await faults.AppsAsync(cancellationToken)).Contains(app)) throw new RefusedException($"Nothing was done: dapr-local runs no app “{app}”, or does not answer.");
            action(app, me.Name);
            return "/crash";
        });
    }

    private static async Task<ShownStock?> StockAsync(AppClient inventory, CancellationToken cancellationToken)
    {
        try
        {
            return (await inventory.DataAsync("/api/inventory/" + CrashLoad.Product, cancellationToken))?.Deserialize<ShownStock>(JsonSerializerOptions.Web);
        }
        catch (Exception error) when (error is NotAnsweredException or UnauthorizedAccessException)
        {
            // That is what the page is for.
            return null;
        }
    }
}
