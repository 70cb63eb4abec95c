using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>Says in the OpenAPI document which requests take an idempotency key.</summary>
public static class IdempotencyKeyDocument
{
    /// <summary>The endpoint takes the header <c>Idempotency-Key</c>.</summary>
    public static RouteHandlerBuilder WithIdempotencyKey(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new TakesKey());

    internal static void DescribeIdempotencyKeys(this OpenApiOptions options) => options.AddOperationTransformer((operation, context, _) =>
    {
        if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<TakesKey>().Any()) return Task.CompletedTask;
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = IdempotencyKey.Header,
            In = ParameterLocation.Header,
            Description = "Makes a repeated request harmless. With quotes, as the IETF draft has it, or without.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = IdempotencyKey.MaxLength },
        });
        return Task.CompletedTask;
    });

    private sealed record TakesKey;
}
