using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Http;

namespace OrderInventory.ServiceDefaults.Messaging;

/// <summary>
/// Guards everything below <c>/dapr</c> (subscriptions and event deliveries): the caller must send the app API token
/// (APP_API_TOKEN, header <c>dapr-api-token</c>). Without a token, which is for development, the caller must at least be
/// on this machine, where the sidecar is. What another app invokes comes through the sidecar, with the token, and is
/// refused all the same, with 403: only the sidecar itself delivers. Dapr's own access control cannot do this: it knows no rule for
/// some paths of any app.
/// </summary>
public static class SidecarOnly
{
    /// <summary>Where the delivery routes are.</summary>
    public const string PathPrefix = "/dapr";

    /// <summary>Adds the guard; put it before the endpoints.</summary>
    public static void UseSidecarOnly(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var token = app.Services.GetRequiredService<SidecarOptions>().AppToken is { } value ? Encoding.UTF8.GetBytes(value) : null;
        if (token is null) Log.NoAppToken(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SidecarOnly)));
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments(PathPrefix, StringComparison.OrdinalIgnoreCase) || context.GetEndpoint()?.Metadata.OfType<AccessRule>().Contains(AccessRule.Sidecar) == true,
            guarded => guarded.Use((context, next) =>
            {
                if (IsInvokedByAnotherApp(context.Request)) return Problems.Of(StatusCodes.Status403Forbidden, "NOT_FOR_OTHER_APPS", Texts.Of("Another app may not do this through its sidecar.", "其他应用不得通过其 sidecar 执行此操作。")).ExecuteAsync(context);
                if (IsSidecar(context, token)) return next(context);
                return Problems.Of(StatusCodes.Status401Unauthorized, "UNAUTHORIZED", Texts.Of("Only the sidecar of this app may do this.", "仅限本应用的 sidecar 调用。")).ExecuteAsync(context);
            }));
    }

    /// <summary>True when another app sent the request through service invocation; its sidecar says so.</summary>
    internal static bool IsInvokedByAnotherApp(HttpRequest request) => request.Headers.ContainsKey("dapr-caller-app-id");

    private static bool IsSidecar(HttpContext context, byte[]? token) => token is null
        ? context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        : CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(context.Request.Headers["dapr-api-token"].ToString()), token);
}
