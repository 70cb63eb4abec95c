using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Messaging;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>How much one caller may ask for: requests in a minute, bytes in a body. Health and deliveries are not limited.</summary>
internal static class RequestLimits
{
    /// <summary>Largest request body in bytes that the HTTP API reads.</summary>
    public const int MaxBody = 1024 * 1024;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>Adds the limits of requests.</summary>
    public static void AddRequestLimits(this IServiceCollection services, HttpOptions options)
    {
        // 100 a second: more than a person or a shop's server needs, and not yet a flood.
        var (ofUsers, ofAddresses) = (options.RequestsPerMinute ?? 6_000, options.RequestsPerMinute ?? 0);
        if (ofUsers == 0) return;
        services.Configure<RateLimiterOptions>(limiter => limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            PartitionOf(context) is { } caller && (context.User.Identity?.IsAuthenticated == true ? ofUsers : ofAddresses) is > 0 and var limit
                ? RateLimitPartition.GetFixedWindowLimiter(caller, _ => new FixedWindowRateLimiterOptions { PermitLimit = limit, Window = Window, QueueLimit = 0 })
                : RateLimitPartition.GetNoLimiter("")));
    }

    /// <summary>The problem of a request that was one too many in this minute; null when the lease was refused for another reason.</summary>
    public static IResult? Refusal(HttpContext context, RateLimitLease lease)
    {
        if (!lease.TryGetMetadata(MetadataName.RetryAfter, out var after)) return null;
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Problems.Of(StatusCodes.Status429TooManyRequests, "TOO_MANY_REQUESTS", Texts.Of("Too many requests from this caller; try again later.", "该调用方的请求过多，请稍后重试。"));
    }

    /// <summary>Adds the limit of bodies; put it before the endpoints.</summary>
    public static void UseBodyLimit(this WebApplication app) => app.Use((context, next) =>
    {
        // Deliveries are as large as the sidecar allows; what people send is not.
        if (context.Request.Path.StartsWithSegments(SidecarOnly.PathPrefix, StringComparison.OrdinalIgnoreCase)) return next(context);
        if (context.Request.ContentLength > MaxBody) return Problems.BodyTooLarge().ExecuteAsync(context);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body) body.MaxRequestBodySize = MaxBody;
        return next(context);
    });

    /// <summary>Whom the request counts for; null when it does not count: staff, operators, and callers on the machine itself that no token names.</summary>
    private static string? PartitionOf(HttpContext context)
    {
        var access = context.RequestServices.GetRequiredService<AccessOptions>();
        if (Caller.Has(context.User, access.StaffScopes)) return null;
        if (context.User.Identity?.IsAuthenticated == true) return "user:" + Caller.UserIn(context.User, access);
        if (AccessControl.IsOnThisMachine(context)) return null;
        // What other apps invoke comes from one address, the sidecar's, and counts as that. Which app it was, only a header says.
        var address = context.Connection.RemoteIpAddress ?? IPAddress.Loopback;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        // Who has one IPv6 address has at least the 2^64 of its network.
        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? new IPAddress([.. address.GetAddressBytes()[..8], .. new byte[8]]) + "/64" : address.ToString();
    }
}
