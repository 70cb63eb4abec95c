using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>HEAD wherever there is GET, as RFC 9110 section 9.1 demands: handled as GET; the server sends the headers alone.</summary>
internal static class HeadRequests
{
    /// <summary>Put it before routing.</summary>
    public static void UseHead(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            // Section 10.2.1: what the resource supports.
            var allow = context.Response.Headers.Allow;
            if (allow.ToString().Split(", ").Contains(HttpMethods.Get)) context.Response.Headers.Allow = allow + ", " + HttpMethods.Head;
            return Task.CompletedTask;
        });
        if (HttpMethods.IsHead(context.Request.Method)) context.Request.Method = HttpMethods.Get;
        return next(context);
    });
}
