using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>Says in the OpenAPI document which bodies are read by <see cref="JsonBody"/>.</summary>
public static class JsonBodyDocument
{
    private const string Any = "*/*";

    /// <summary>The endpoint reads <typeparamref name="T"/>; any type of content gets to it, because it knows better than the routing what to answer.</summary>
    public static RouteHandlerBuilder WithJsonBody<T>(this RouteHandlerBuilder endpoint, bool isOptional = false)
        where T : notnull => endpoint.Accepts<T>(isOptional, "application/json", Any);

    internal static void DescribeJsonBodies(this OpenApiOptions options) => options.AddOperationTransformer((operation, _, _) =>
    {
        operation.RequestBody?.Content?.Remove(Any);
        return Task.CompletedTask;
    });
}
