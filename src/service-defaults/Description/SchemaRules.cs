using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrderInventory.ServiceDefaults.Http;

namespace OrderInventory.ServiceDefaults.Description;

/// <summary>What the OpenAPI document says of types beyond what the framework finds out.</summary>
internal static class SchemaRules
{
    public static void DescribeSchemas(this OpenApiOptions options) => options.AddSchemaTransformer((schema, context, _) =>
    {
        var attributes = context.JsonPropertyInfo?.AttributeProvider;
        // Members of requests can be null in the code, so that a missing one can be named; a client has to give it.
        if (Has<RequiredAttribute>() && schema.Type is { } type) schema.Type = type & ~JsonSchemaType.Null;
        if (Has<AllowedValuesAttribute>()) schema.Enum = [.. Get<AllowedValuesAttribute>().Values.Select(value => JsonValue.Create((string?)value)!)];
        if (context.JsonTypeInfo.Type.IsEnum) schema.Type = JsonSchemaType.String;
        if (Has<JsonConverterAttribute>() && Get<JsonConverterAttribute>().ConverterType == typeof(AmountConverter)) AmountConverter.Describe(schema, isOptional: !Has<RequiredAttribute>());
        else if (Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) == typeof(decimal) || context.JsonTypeInfo.Type == typeof(decimal)) schema.Format = AmountConverter.Format;
        if (context.JsonTypeInfo.Type == typeof(ProblemDetails) && context.JsonPropertyInfo is null) DescribeProblem(schema);
        return Task.CompletedTask;

        bool Has<T>() where T : Attribute => attributes?.IsDefined(typeof(T), inherit: false) == true;
        T Get<T>() where T : Attribute => (T)attributes!.GetCustomAttributes(typeof(T), inherit: false)[0];
    });

    /// <summary>A problem as <see cref="Problems"/> makes it.</summary>
    private static void DescribeProblem(OpenApiSchema schema)
    {
        schema.Description = "RFC 9457. Problems of one kind may have further members that name what they are about, as `orderId`.";
        schema.Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("Names the kind of problem, for ever.", "urn:order-inventory:problem:validation-failed", "uri"),
            ["title"] = Text("The same as `code`.", "VALIDATION_FAILED"),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "400", Maximum = "599", Description = "The status of the answer.", Examples = [400] },
            ["detail"] = Text("What is wrong, for people.", "Some fields are not valid."),
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[A-Z][A-Z0-9_]*$", Description = "Names the kind of problem, for ever.", Examples = ["VALIDATION_FAILED"] },
            ["message"] = Text("The same as `detail`.", "Some fields are not valid."),
            ["success"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Enum = [false], Description = "Always false.", Examples = [false] },
            ["traceId"] = Text("Finds the request in traces and logs.", "4bf92f3577b34da6a3ce929d0e0e4736"),
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "What is wrong with each field, of `VALIDATION_FAILED` only.",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
                Examples = [JsonNode.Parse("""{ "quantity": ["quantity is required."] }""")!],
            },
        };
        schema.Required = schema.Properties.Keys.Where(name => name != "errors").ToHashSet();
        schema.AdditionalPropertiesAllowed = true;
        schema.AdditionalProperties = new OpenApiSchema();
    }

    private static OpenApiSchema Text(string description, string example, string? format = null) =>
        new() { Type = JsonSchemaType.String, Format = format, Description = description, Examples = [JsonValue.Create(example)] };
}
