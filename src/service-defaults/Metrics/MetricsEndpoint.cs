using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Http;

namespace OrderInventory.ServiceDefaults.Metrics;

/// <summary>How many measurements of a histogram lie in a bucket.</summary>
/// <param name="UpTo">The largest that lie in it; null for the last one, which has no bound.</param>
/// <param name="Count">How many lie in it and in no smaller one, since the start of the process.</param>
public sealed record MetricBucket(double? UpTo, long Count);

/// <summary>One series of an instrument.</summary>
/// <param name="Tags">What tells it from the others of the instrument.</param>
/// <param name="Value">The sum since the start of the process, or what a gauge shows now.</param>
/// <param name="Count">Measurements of a histogram; null for other instruments.</param>
/// <param name="Buckets">Where the measurements of a histogram lie; null for other instruments.</param>
public sealed record MetricSeries(
    IReadOnlyDictionary<string, string> Tags,
    double Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Count = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<MetricBucket>? Buckets = null);

/// <summary>An instrument.</summary>
/// <param name="Name">As in docs/operations.md.</param>
/// <param name="Unit">Its unit, as s; empty for counts.</param>
/// <param name="Series">Its series, those that were used since the start.</param>
public sealed record MetricView(string Name, string Unit, IReadOnlyList<MetricSeries> Series);

/// <summary>What the instruments of one process show.</summary>
/// <param name="Instance">The process that answered: another one, or one that was started again, has another name.</param>
/// <param name="Time">When they were read, UTC.</param>
/// <param name="Metrics">The instruments of this product.</param>
public sealed record MetricsView(string Instance, DateTimeOffset Time, IReadOnlyList<MetricView> Metrics);

/// <summary>What operators may see of how much this process does.</summary>
public static class MetricsEndpoint
{
    private static readonly string Instance = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>Maps <c>GET /api/metrics</c>. It asks nobody, so it answers at once whatever is down.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/metrics", Ok<ApiResponse<MetricsView>> (CurrentMetrics metrics, TimeProvider time) => TypedResults.Ok(new ApiResponse<MetricsView>("OK", new MetricsView(Instance, time.GetUtcNow(), metrics.Read()))))
            .WithTags("Operations").Allow(AccessRule.Operator).RequireRateLimiting(Shedding.Policy)
            .WithName("GetMetrics").WithSummary("What the instruments of the process that answers show").WithDescription("The same as its collector gets: sums since its start, and what waits now. For operators; with several replicas one of them answers.");
}
