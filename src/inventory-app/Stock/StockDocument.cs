using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Description;

namespace InventoryApp.Stock;

/// <summary>The OpenAPI document of inventory-app.</summary>
internal static class StockDocument
{
    /// <summary>The product of a path.</summary>
    public static DescribedParameter Product { get; } = DescribedParameters.Resource(ParameterLocation.Path, "productId", "The product.", "SAMPLE-BOOK");

    /// <summary>Some products of the list.</summary>
    public static DescribedParameter Ids(int max) => new(
        ParameterLocation.Query,
        "ids",
        "Products, with commas between them; products with a comma in their id have to be read one by one.",
        new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            MinItems = 1,
            MaxItems = max,
            Items = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = ResourceName.MaxLength, Pattern = ResourceName.Pattern.Replace("/", "/,", StringComparison.Ordinal) },
        });

    /// <summary>A line of an order, as operation ids begin.</summary>
    public static DescribedParameter OrderLine { get; } = new(
        ParameterLocation.Query,
        "orderLine",
        "The id of an order, `:`, and the number of its line on this product.",
        new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = ResourceName.MaxLength + 5, Pattern = ResourceName.Pattern[..^1] + ":([1-9][0-9]{0,2}|1000)$" },
        "57061e50-a4b3-8ffd-b03a-a783a1621207:1");

    public static void DescribeStock(this OpenApiOptions options)
    {
        options.DescribeApi(
            "inventory-app",
            "Keeps the stock of products: what exists, what orders hold, and every operation on it. Orders are deducted through messages; this is for people and programs that look after stock.",
            ("Inventory", "Products and their stock."),
            ("Operations", "For whoever runs the system."));
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonPropertyInfo is { Name: "quantity" } member && member.DeclaringType == typeof(AdjustStockRequest)) schema.Not = new OpenApiSchema { Enum = [0] };
            return Task.CompletedTask;
        });
    }
}
