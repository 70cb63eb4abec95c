using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Http;

namespace OrderInventory.ServiceDefaults.Description;

/// <summary>A parameter of a request as the OpenAPI document shows it. The endpoint itself reads text, to say in its own words what is wrong.</summary>
/// <param name="In">Where it stands.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it means, for people.</param>
/// <param name="Schema">Which values are taken.</param>
/// <param name="Example">One that works; null for none.</param>
/// <param name="IsRequired">True when the request is refused without it.</param>
public sealed record DescribedParameter(ParameterLocation In, string Name, string Description, OpenApiSchema Schema, string? Example = null, bool IsRequired = false);

/// <summary>The parameters of the API.</summary>
public static class DescribedParameters
{
    /// <summary>A product or a user, in a path or a query.</summary>
    public static DescribedParameter Resource(ParameterLocation place, string name, string description, string example, bool isRequired = true) => new(
        place, name, description, new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = ResourceName.MaxLength, Pattern = ResourceName.Pattern }, example, isRequired);

    /// <summary>The endpoint lists page by page. <paramref name="cursors"/>: which cursors it takes, as a regular expression of JSON Schema.</summary>
    public static TBuilder WithPages<TBuilder>(this TBuilder endpoint, int size, int max, string cursors)
        where TBuilder : IEndpointConventionBuilder => endpoint
        .With(new DescribedParameter(ParameterLocation.Query, "limit", "Most entries of a page.", new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = Text(max), Default = size }))
        .With(new DescribedParameter(ParameterLocation.Query, "cursor", "The `nextCursor` of the page before; without it the first page.", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = cursors }));

    /// <summary>The endpoint takes the header <c>Idempotency-Key</c>.</summary>
    public static TBuilder WithIdempotencyKey<TBuilder>(this TBuilder endpoint, string example, string more = "")
        where TBuilder : IEndpointConventionBuilder => endpoint
        .With(new DescribedParameter(
            ParameterLocation.Header,
            IdempotencyKey.Header,
            "Makes a repeated request harmless: the same key and content again have no further effect and get the same answer. 1 to 255 printable ASCII characters, in quotes, as the IETF draft has it, or without." + more,
            new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 2 + (2 * IdempotencyKey.MaxLength), Pattern = IdempotencyKey.Pattern },
            example))
        .WithHeader("2XX", "Idempotency-Replayed", "`true` when an earlier request with this key had the effect.");

    /// <summary>The endpoint changes something that has an entity tag, under the client's conditions.</summary>
    public static TBuilder WithConditions<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint
        .With(Condition("If-Match", "Makes the change only while the `ETag` is one of these, or with `*` only when there is something; else 412."))
        .With(Condition("If-None-Match", "Makes the change only when the `ETag` is none of these, or with `*` only when there is nothing yet; else 412."))
        .WithHeader("2XX", "ETag", "Names what there is now.");

    /// <summary>The endpoint reads something that has an entity tag.</summary>
    public static TBuilder WithETag<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint
        .With(Condition("If-None-Match", "The `ETag` that the client has: 304 while it is still the one.", pattern: false))
        .WithHeader("2XX", "ETag", "Names what there is now.");

    /// <summary>The endpoint honours <c>Prefer: wait=N</c>.</summary>
    public static TBuilder WithWait<TBuilder>(this TBuilder endpoint, string description)
        where TBuilder : IEndpointConventionBuilder => endpoint
        .With(new DescribedParameter(ParameterLocation.Header, "Prefer", description, new OpenApiSchema { Type = JsonSchemaType.String }, "wait=10"))
        .WithHeader("2XX", "Preference-Applied", "How long the answer would have waited, as `wait=10`; only with `Prefer`.");

    /// <summary>The endpoint has this parameter.</summary>
    public static TBuilder With<TBuilder>(this TBuilder endpoint, DescribedParameter parameter)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(parameter);

    internal static void DescribeParameters(this OpenApiOptions options) => options.AddOperationTransformer((operation, context, _) =>
    {
        operation.Parameters ??= [];
        foreach (var described in context.Description.ActionDescriptor.EndpointMetadata.OfType<DescribedParameter>())
        {
            var parameter = operation.Parameters.OfType<OpenApiParameter>().FirstOrDefault(known => known.Name == described.Name && known.In == described.In);
            if (parameter is null) operation.Parameters.Add(parameter = new OpenApiParameter { Name = described.Name, In = described.In });
            parameter.Description = described.Description;
            parameter.Schema = described.Schema;
            parameter.Required = described.IsRequired;
            // A list is one text with commas.
            if (described.Schema.Type == JsonSchemaType.Array) parameter.Explode = false;
            if (described.Example is { } example) parameter.Example = JsonValue.Create(example);
        }

        return Task.CompletedTask;
    });

    private static DescribedParameter Condition(string name, string description, bool pattern = true) =>
        new(ParameterLocation.Header, name, description, new OpenApiSchema { Type = JsonSchemaType.String, Pattern = pattern ? Preconditions.Pattern : null });

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
