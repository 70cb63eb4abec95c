using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrderInventory.ServiceDefaults.Messaging;

/// <summary>
/// Guards everything below <c>/dapr</c> (subscriptions and event deliveries): the caller must send the app API token
/// (APP_API_TOKEN, header <c>dapr-api-token</c>). Without a token, which is for development, the caller must at least be
/// on this machine, where the sidecar is.
/// </summary>
public static class SidecarOnly
{
    /// <summary>Where the delivery routes are.</summary>
    public const string PathPrefix = "/dapr";

    /// <summary>Adds the guard; put it before the endpoints.</summary>
    public static void UseSidecarOnly(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var token = app.Configuration["APP_API_TOKEN"] is { Length: > 0 } value ? Encoding.UTF8.GetBytes(value) : null;
        if (token is null) Log.NoAppToken(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SidecarOnly)));
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments(PathPrefix, StringComparison.OrdinalIgnoreCase),
            guarded => guarded.Use((context, next) =>
            {
                if (IsSidecar(context, token)) return next(context);
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return Task.CompletedTask;
            }));
    }

    private static bool IsSidecar(HttpContext context, byte[]? token) => token is null
        ? context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        : CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(context.Request.Headers["dapr-api-token"].ToString()), token);
}
