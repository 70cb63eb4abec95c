using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using OrderInventory.ServiceDefaults.Description;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>Tells browsers that answers are data: nothing to run, to frame, to guess the type of, or to keep; but for the page that shows the API.</summary>
internal static class SecurityHeaders
{
    /// <summary>Adds the headers to every answer; put it first, so that errors have them, too.</summary>
    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        // At the last moment, because a failing request loses the headers it had.
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers.ContentSecurityPolicy = ReferencePage.PolicyOf(context) ?? "default-src 'none'; frame-ancestors 'none'";
            headers["Referrer-Policy"] = "no-referrer";
            // Every message for people is in the language of the request.
            if (context.Features.Get<IRequestCultureFeature>() is { } culture && (context.Request.Path.StartsWithSegments("/api") || headers.ContentType == "application/problem+json"))
            {
                headers.ContentLanguage = culture.RequestCulture.UICulture.Name;
                headers.Append("Vary", "Accept-Language");
            }

            // What has an ETag may be kept by its reader, who has to ask whether it still holds.
            if (headers.CacheControl.Count == 0) headers.CacheControl = headers.ETag.Count > 0 ? "private, no-cache" : "no-store";
            return Task.CompletedTask;
        });
        return next(context);
    });
}
