using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Description;
using OrderInventory.ServiceDefaults.Http;

namespace OrderApp.Orders;

/// <summary>The OpenAPI document of order-app.</summary>
internal static class OrderDocument
{
    /// <summary>Examples in the document build on each other: the commands are for the order that the first example places.</summary>
    public const string ExampleUser = "user-1", ExampleKey = "order-1", ExampleOrder = "57061e50-a4b3-8ffd-b03a-a783a1621207";

    /// <summary>The order of several lines that an example places, and another cancels.</summary>
    public const string OtherUser = "user-2", OtherOrder = "37187657-2e35-8690-a670-ba58f7afb2de";

    /// <summary>The order of a path.</summary>
    public static DescribedParameter Id(string example) =>
        new(ParameterLocation.Path, "id", "The order.", new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" }, example, IsRequired: true);

    /// <summary>Whose orders are listed.</summary>
    public static DescribedParameter User { get; } =
        DescribedParameters.Resource(ParameterLocation.Query, "userId", "Whose orders. Where this app asks for tokens it may be left out, and is the user of the token.", ExampleUser);

    /// <summary>Lists one order by its key.</summary>
    public static DescribedParameter Key { get; } =
        new(ParameterLocation.Query, "idempotencyKey", "The key that the order was placed with, as the order shows it. One that begins with a quote has to be given in quotes, as in the header.", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = IdempotencyKey.ShownPattern }, ExampleKey);

    /// <summary>Lists one order by its number.</summary>
    public static DescribedParameter Number { get; } =
        new(ParameterLocation.Query, "orderNo", "The number that people use. With it `userId` may be left out.", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = OrderNumber.Pattern });

    /// <summary>Lists orders in one status.</summary>
    public static DescribedParameter Status { get; } = new(
        ParameterLocation.Query,
        "status",
        "Only orders in this status.",
        new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. Enum.GetValues<OrderStatus>().Select(status => JsonValue.Create(status.Word())!)] });

    public static void DescribeOrders(this OpenApiOptions options)
    {
        options.DescribeApi(
            "order-app",
            "Places orders, holds their stock through inventory-app, and records what becomes of them. An order is PENDING until every line is held (CONFIRMED) or one is refused (CANCELLED).",
            ("Orders", "Orders and what can be done with them."),
            ("Operations", "For whoever runs the system."));
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type != typeof(PlaceOrderRequest) || context.JsonPropertyInfo is not null) return Task.CompletedTask;
            // Still read, but two places for one thing are one too many to advertise.
            schema.Properties!.Remove("idempotencyKey");
            if (context.ApplicationServices.GetRequiredService<AccessOptions>().IsOn) schema.Required!.Remove("userId");
            // Without lines, or with null.
            schema.If = Members(("lines", JsonSchemaType.Null));
            var one = Members(("productId", JsonSchemaType.String), ("quantity", JsonSchemaType.Integer), ("amount", JsonSchemaType.Number | JsonSchemaType.String));
            one.Required = one.Properties!.Keys.ToHashSet();
            schema.Then = one;
            schema.Else = Members(("productId", JsonSchemaType.Null), ("quantity", JsonSchemaType.Null), ("amount", JsonSchemaType.Null));
            return Task.CompletedTask;
        });
    }

    private static OpenApiSchema Members(params (string Name, JsonSchemaType Type)[] members) => new()
    {
        Properties = members.ToDictionary(member => member.Name, IOpenApiSchema (member) => new OpenApiSchema { Type = member.Type }),
        AdditionalProperties = new OpenApiSchema(),
    };
}
