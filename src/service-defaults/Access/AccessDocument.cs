using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace OrderInventory.ServiceDefaults.Access;

/// <summary>Says in the OpenAPI document which endpoints take which tokens.</summary>
internal static class AccessDocument
{
    private const string Scheme = "bearer";

    public static void DescribeAccess(this OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, context, _) =>
        {
            var access = context.ApplicationServices.GetRequiredService<AccessOptions>();
            document.Components ??= new OpenApiComponents();
            document.AddComponent<IOpenApiSecurityScheme>(Scheme, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = access.IsOn ? "Required." : "Required where authentication is configured; this app runs without it.",
            });
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var access = context.ApplicationServices.GetRequiredService<AccessOptions>();
            var decision = context.Description.ActionDescriptor.EndpointMetadata.OfType<AccessRule>().LastOrDefault();
            if (decision is not (AccessRule.Caller or AccessRule.Staff or AccessRule.Operator)) return Task.CompletedTask;
            List<string> scopes = decision is AccessRule.Staff or AccessRule.Operator ? [access.OperatorScope] : [];
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = scopes }];
            if (!access.IsOn) operation.Security.Insert(0, []);
            return Task.CompletedTask;
        });
    }
}
