namespace OrderInventory.Web.Products;

/// <summary>The pages of products.</summary>
internal static class ProductPages
{
    /// <summary>The address of a product's page.</summary>
    public static string Address(string productId) => "/products/" + Uri.EscapeDataString(productId);

    /// <summary>The address of an order's page; null when no order of order-app has such an id: other apps may use inventory, too.</summary>
    public static string? OrderAddress(string? orderId) => Guid.TryParseExact(orderId, "D", out _) ? "/orders/" + orderId : null;

    public static void MapProductPages(this IEndpointRouteBuilder routes)
    {
        var loader = new ProductLoader(routes.ServiceProvider.GetRequiredService<SystemClient>().Inventory);
        // Where the field for one product leads: a form cannot put what is typed into a path.
        routes.MapGet("/product", async (string? product, CancellationToken cancellationToken) => Results.Redirect(
            product?.Trim() is not { Length: > 0 } given ? "/products" : await loader.ExistsAsync(given, cancellationToken) ? Address(given) : "/products?product=" + Uri.EscapeDataString(given)));
        routes.MapLivePage<Pages.ProductsPage, ProductsModel>("/products", (_, _) => "Products", (request, cancellationToken) => loader.ListAsync(request["product"], request["ids"], request["cursor"], cancellationToken)!);
        routes.MapLivePage<Pages.ProductPage, ProductModel>("/products/{id}", (request, _) => "Product " + request["id"], async (request, cancellationToken) =>
            await loader.LoadAsync(request["id"]!, request["cursor"], cancellationToken) is { } product ? product with { IsEveryHolder = request["holders"] is not null } : null);
    }
}
