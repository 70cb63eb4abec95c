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
        Map("start", _ => load.Start(ending));
        Map("stop", _ => load.Stop());
        Map("kill", form => faults.Kill(form["app"].ToString(), me.Name));
        Map("sidecar", form => faults.CutSidecar(form["app"].ToString(), me.Name));
        Map("freeze", _ => faults.FreezeStore(me.Name));
        Map("audit", _ => audits.Begin([CrashLoad.User], me.Name));

        void Map(string name, Action<IFormCollection> action) => routes.MapAction("/crash/" + name, (_, form, _) =>
        {
            action(form);
            return Task.FromResult("/crash");
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
