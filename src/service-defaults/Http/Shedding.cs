using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>
/// Sheds load early: of each endpoint only so many requests run at once, the next ones get 503 with Retry-After at once
/// instead of waiting until they time out.
/// </summary>
public static class Shedding
{
    /// <summary>Name of the policy; give it to <c>RequireRateLimiting</c>.</summary>
    public const string Policy = "shed";

    private const string Setting = "Http:MaxConcurrentRequests";
    private const int DefaultLimit = 512;
    private const string RetryAfterSeconds = "1";

    internal static void AddShedding(this WebApplicationBuilder builder)
    {
        var limit = builder.Configuration.GetValue(Setting, DefaultLimit);
        if (limit is < 1 or > 100_000) throw new InvalidOperationException($"{Setting} is {limit}; write the number of requests that each endpoint may work on at once, 1 to 100000.");
        builder.Services.AddRateLimiter(options =>
        {
            options.AddPolicy(Policy, context => RateLimitPartition.GetConcurrencyLimiter(
                context.GetEndpoint()?.DisplayName ?? "", _ => new ConcurrencyLimiterOptions { PermitLimit = limit, QueueLimit = 0 }));
            options.OnRejected = async (context, _) =>
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
}
