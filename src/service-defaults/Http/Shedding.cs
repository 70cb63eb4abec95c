using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>
/// Sheds load early: of each endpoint only so many requests run at once, the next ones get 503 with Retry-After at once
/// instead of waiting until they time out.
/// </summary>
public static class Shedding
{
    /// <summary>Name of the policy; give it to <c>RequireRateLimiting</c>.</summary>
    public const string Policy = "shed";

    private const string RetryAfterSeconds = "1";

    internal static void AddShedding(this IServiceCollection services, HttpOptions options) =>
        services.AddRateLimiter(limiter =>
        {
            limiter.AddPolicy(Policy, context => RateLimitPartition.GetConcurrencyLimiter(
                context.GetEndpoint()?.DisplayName ?? "", _ => new ConcurrencyLimiterOptions { PermitLimit = options.MaxConcurrentRequests, QueueLimit = 0 }));
            limiter.OnRejected = async (context, _) =>
            {
                if (RequestLimits.Refusal(context.HttpContext, context.Lease) is { } tooMany)
                {
                    await tooMany.ExecuteAsync(context.HttpContext);
                    return;
                }

                context.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
                await Problems.Of(StatusCodes.Status503ServiceUnavailable, "OVERLOADED", Texts.Of("Too many requests at once; try again.", "并发请求过多，请稍后重试。")).ExecuteAsync(context.HttpContext);
            };
        });
}
