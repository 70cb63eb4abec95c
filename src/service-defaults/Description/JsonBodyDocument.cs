using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrderInventory.ServiceDefaults.Http;

namespace OrderInventory.ServiceDefaults.Description;

/// <summary>Says in the OpenAPI document which bodies are read by <see cref="JsonBody"/>.</summary>
public static class JsonBodyDocument
{
    private const string Json = "application/json";
    private const string Any = "*/*";

    /// <summary>The endpoint reads <typeparamref name="T"/>; any type of content gets to it, because it knows better than the routing what to answer.</summary>
    public static RouteHandlerBuilder WithJsonBody<T>(this RouteHandlerBuilder endpoint, bool isOptional = false)
        where T : notnull => endpoint.Accepts<T>(isOptional, Json, Any);

    /// <summary>A body that works, given as JSON.</summary>
    public static RouteHandlerBuilder WithExample(this RouteHandlerBuilder endpoint, string name, string summary, string json) => endpoint.WithMetadata(new BodyExample(name, summary, json));

    internal static void DescribeJsonBodies(this OpenApiOptions options) => options.AddOperationTransformer((operation, context, _) =>
    {
        if (operation.RequestBody?.Content is not { } content) return Task.CompletedTask;
        content.Remove(Any);
        content[Json].Examples = context.Description.ActionDescriptor.EndpointMetadata.OfType<BodyExample>()
            .ToDictionary(example => example.Name, IOpenApiExample (example) => new OpenApiExample { Summary = example.Summary, Value = JsonNode.Parse(example.Json) });
        return Task.CompletedTask;
    });

    private sealed record BodyExample(string Name, string Summary, string Json);
}
