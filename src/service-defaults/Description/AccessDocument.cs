using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using OrderInventory.ServiceDefaults.Access;

namespace OrderInventory.ServiceDefaults.Description;

/// <summary>Says in the OpenAPI document which endpoints take which tokens.</summary>
internal static class AccessDocument
{
    private const string Scheme = "token";

    // Where no issuer is known; a document needs an address.
    private const string NoIssuer = "https://issuer.example/token";

    public static void DescribeAccess(this OpenApiOptions options)
    {
        options.AddDocumentTransformer(async (document, context, cancellationToken) =>
        {
            var access = context.ApplicationServices.GetRequiredService<AccessOptions>();
            var endpoint = await AccessControl.TokenEndpointAsync(context.ApplicationServices, cancellationToken);
            document.Components ??= new OpenApiComponents();
            document.AddComponent<IOpenApiSecurityScheme>(Scheme, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.OAuth2,
                Description = "A bearer token (RFC 6750), a JWT. " + (access.IsOn ? "Required." : "Required where authentication is configured; this app runs without it, and the address of the issuer is an example."),
                Flows = new OpenApiOAuthFlows
                {
                    ClientCredentials = new OpenApiOAuthFlow
                    {
                        TokenUrl = Uri.TryCreate(endpoint, UriKind.Absolute, out var address) ? address : new Uri(NoIssuer),
                        Scopes = new Dictionary<string, string>
                        {
                            [access.PayScope] = "See every order, pay and refund.",
                            [access.FulfilScope] = "See every order, ship and deliver.",
                            [access.StockScope] = "Change stock and see its operations.",
                            [access.ReadScope] = "See what staff and operators see, and change nothing.",
                            [access.OperatorScope] = "Everything, for everybody. Tokens without a scope are users, who place and cancel their own orders.",
                        },
                    },
                },
            });
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var access = context.ApplicationServices.GetRequiredService<AccessOptions>();
            var scopes = access.ScopesOf(context.Description.ActionDescriptor.EndpointMetadata.OfType<AccessRule>().LastOrDefault(), context.Description.HttpMethod);
            // One of them is enough.
            operation.Security = [.. (scopes.Count > 0 ? scopes.Select(scope => new List<string> { scope }) : [[]]).Select(one => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = one })];
            if (!access.IsOn) operation.Security.Insert(0, []);
            return Task.CompletedTask;
        });
    }
}
