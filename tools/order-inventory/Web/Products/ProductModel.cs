using OrderInventory.Stock;

namespace OrderInventory.Web.Products;

/// <summary>A page of products.</summary>
/// <param name="Product">The one that was looked for alone; null for none.</param>
/// <param name="Ids">Only these, with commas between them; null for all.</param>
/// <param name="Products">The products, oldest first.</param>
/// <param name="Next">Address of the page with later ones; null at the end.</param>
/// <param name="Damaged">Those of the page that are damaged, and so have no balances to show.</param>
public sealed record ProductsModel(string? Product, string? Ids, IReadOnlyList<ListedStock> Products, string? Next, IReadOnlyList<string> Damaged) : IFormModel
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Wrong { get; init; } = new Dictionary<string, string>();

    /// <summary>The busiest products of all; null when they are not read for this page.</summary>
    public IReadOnlyList<BusyProduct>? Busy { get; init; }

    /// <summary>Why they could not be read; null when they could.</summary>
    public string? BusyProblem { get; init; }
}

/// <summary>What is stored of a product contradicts itself.</summary>
/// <param name="Says">What the app says.</param>
public sealed record Damage(string Says);

/// <summary>Units that a line of an order holds.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Line">Its line.</param>
/// <param name="Quantity">Units.</param>
/// <param name="Since">Since when, UTC.</param>
public sealed record Holder(string OrderId, int? Line, long Quantity, DateTimeOffset Since);

/// <summary>Everything that is known of one product.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Stock">Its balances; null when it is damaged.</param>
/// <param name="Damage">What the app says of it; null when it is sound.</param>
/// <param name="Operations">What was recorded, newest first; null when it could not be read.</param>
/// <param name="Older">Address of the page with older operations; null when there are none.</param>
/// <param name="IsNewest">True when these are the newest operations.</param>
/// <param name="Holders">Who holds units, by the newest operations, the longest first; null when it cannot be said.</param>
/// <param name="Missing">What could not be read, and so is not shown; a sentence each.</param>
public sealed record ProductModel(
    string ProductId,
    ShownStock? Stock,
    Damage? Damage,
    IReadOnlyList<ShownOperation>? Operations,
    string? Older,
    bool IsNewest,
    IReadOnlyList<Holder>? Holders,
    IReadOnlyList<string> Missing)
{
    /// <summary>True when all holders are to be listed.</summary>
    public bool IsEveryHolder { get; init; }
}
