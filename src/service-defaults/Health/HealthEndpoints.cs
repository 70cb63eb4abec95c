using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Http;

namespace OrderInventory.ServiceDefaults.Health;

/// <summary>What operators may see of how this process gets on with what it needs.</summary>
public static class HealthEndpoints
{
    /// <summary>
    /// Maps <c>GET /api/health</c> over <paramref name="dependencies"/>. It only tells what was seen and asks nobody, so it answers
    /// at once whatever is down; <c>/readyz</c> stays about this process and its sidecar.
    /// </summary>
    public static void MapHealth(this IEndpointRouteBuilder routes, params Dependency[] dependencies) =>
        routes.MapGet("/api/health", Ok<ApiResponse<ImmutableArray<DependencyView>>> (Dependencies seen) => TypedResults.Ok(new ApiResponse<ImmutableArray<DependencyView>>("OK", seen.Of(dependencies))))
            .WithTags("Operations").Allow(AccessRule.Operator).RequireRateLimiting(Shedding.Policy)
            .WithName("GetHealth").WithSummary("How store, broker and engine did when this process used them last").WithDescription("Each with its last success and last error. For operators; it asks nobody, so it answers whatever is down.");
}
