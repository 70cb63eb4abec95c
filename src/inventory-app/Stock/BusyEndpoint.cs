using Microsoft.AspNetCore.Http.HttpResults;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Http;

namespace InventoryApp.Stock;

/// <summary>What operators may see of hot products.</summary>
internal static class BusyEndpoint
{
    // Not below /api/inventory: any name there may be a product's.
    public static void MapBusyProducts(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/busy-products", Ok<ApiList<BusyProductView>> (StockRounds rounds) => TypedResults.Ok(new ApiList<BusyProductView>(rounds.Busy, null)))
            .WithTags("Operations").Allow(AccessRule.Operator).RequireRateLimiting(Shedding.Policy)
            .WithName("ListBusyProducts").WithSummary("The products with most commands, busiest first")
            .WithDescription("At most 20, by what the rounds of the process that answers took in the last minute, and what waits now. For operators; all of them on one page. It asks nobody, so it answers at once whatever is down.");
}
