using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrderInventory.ServiceDefaults.Access;
using Scalar.AspNetCore;

namespace OrderInventory.ServiceDefaults.Description;

/// <summary>A page on which people read the OpenAPI document and try its requests.</summary>
internal static class ReferencePage
{
    /// <summary>Where the page is.</summary>
    private const string Path = "/reference";

    public static void MapReferencePage(this IEndpointRouteBuilder routes) =>
        routes.MapScalarApiReference(Path, (page, context) => page
                .WithOpenApiRoutePattern("/openapi/{documentName}.json")
                // Requests go to where the page came from; a browser refuses others.
                .AddServer($"{context.Request.Scheme}://{context.Request.Host}")
                // Nothing of the page comes from elsewhere, and nothing goes there.
                .DisableDefaultFonts().DisableAgent().DisableMcp().HideDeveloperTools()
                .WithNonce())
            .Allow(AccessRule.Anyone);

    /// <summary>The policy under which a browser runs the page; null for every other answer.</summary>
    public static string? PolicyOf(HttpContext context) => context.Items[ScalarOptions.NonceHttpContextItemKey] is { } nonce
        ? $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
        : null;
}
