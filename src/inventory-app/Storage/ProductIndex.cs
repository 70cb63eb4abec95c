using System.Collections.Immutable;
using System.Globalization;
using InventoryApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Storage;

/// <summary>The last page of the product index, with its number.</summary>
internal sealed record IndexHead(int Page, ImmutableArray<string> Products);

/// <summary>
/// All products in the order of their creation, on stores without queries: <c>products</c> is the page that grows, under
/// its ETag; a full one is copied to <c>products:{page}</c> and never changes again, so that places stay valid for ever.
/// An entry is written before the product's document, and that document names the entry that counts: a crash in between
/// leaves an entry that the list skips, and never a product without one.
/// </summary>
internal sealed class ProductIndex(IStateStore state, Backoff backoff) : IDisposable
{
    private const int MaxProducts = 500;
    private const int MaxCharacters = 16_000;
    private static readonly string HeadKey = StateKey.Of("products");
    private static readonly IndexHead Empty = new(0, []);

    // Creations of one process wait here instead of losing races to each other.
    private readonly SemaphoreSlim _adding = new(1, 1);

    /// <summary>Adds an entry for each product and returns their places.</summary>
    /// <exception cref="DependencyUnavailableException">Nothing is known; adding again is harmless.</exception>
    public async Task<IReadOnlyDictionary<string, IndexPosition>> AddAsync(IReadOnlyCollection<string> productIds, CancellationToken cancellationToken)
    {
        await _adding.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var (head, etag) = await ReadHeadAsync(cancellationToken);
                if (productIds.All(head.Products.Contains)) return Places(head, productIds);
                var grown = await GrowAsync(head, productIds, cancellationToken);
                var save = new StateSave(HeadKey, Documents.Bytes(grown, StockJson.Default.IndexHead), etag is null ? SaveCondition.Absent : SaveCondition.Unchanged, etag);
                if (await state.SaveAsync(save, cancellationToken)) return Places(grown, productIds);
                await backoff.AfterAsync(attempt, "The product index could not be saved.", cancellationToken);
            }
        }
        finally
        {
            _adding.Release();
        }
    }

    /// <summary>Up to <paramref name="limit"/> entries of one page from <paramref name="start"/> on, and the place after them; null at the end.</summary>
    public async Task<(IReadOnlyList<string> Products, IndexPosition? Next)> ReadAsync(IndexPosition start, int limit, CancellationToken cancellationToken)
    {
        var (head, _) = await ReadHeadAsync(cancellationToken);
        if (start.Page > head.Page) return ([], null);
        var page = start.Page == head.Page ? [.. head.Products] : await ReadPageAsync(start.Page, cancellationToken);
        var products = page.Skip(start.Entry).Take(limit).ToArray();
        var end = start.Entry + products.Length;
        if (end < page.Length) return (products, start with { Entry = end });
        return (products, start.Page < head.Page ? new IndexPosition(start.Page + 1, 0) : null);
    }

    public void Dispose() => _adding.Dispose();

    private async Task<IndexHead> GrowAsync(IndexHead head, IEnumerable<string> productIds, CancellationToken cancellationToken)
    {
        if (head.Products.Length < MaxProducts && head.Products.Sum(product => product.Length) < MaxCharacters)
            return head with { Products = head.Products.AddRange(productIds.Except(head.Products)) };
        // What is stored as a full page does not change any more, so whoever copies it writes the same.
        if (!await state.SaveAsync(new StateSave(PageKey(head.Page), Documents.Bytes([.. head.Products], StockJson.Default.StringArray), SaveCondition.None), cancellationToken))
            throw new DependencyUnavailableException("A page of the product index could not be saved.");
        return new IndexHead(head.Page + 1, [.. productIds.Distinct()]);
    }

    private static Dictionary<string, IndexPosition> Places(IndexHead head, IEnumerable<string> productIds) =>
        productIds.Distinct().ToDictionary(productId => productId, productId => new IndexPosition(head.Page, head.Products.IndexOf(productId)));

    private async Task<(IndexHead Head, string? ETag)> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var entry = await state.GetAsync(HeadKey, cancellationToken);
        var head = Documents.Parse(entry, StockJson.Default.IndexHead) ?? Empty;
        return head.Products.IsDefault ? throw new DependencyUnavailableException("The product index is damaged.") : (head, entry.ETag);
    }

    private async Task<string[]> ReadPageAsync(int page, CancellationToken cancellationToken) =>
        Documents.Parse(await state.GetAsync(PageKey(page), cancellationToken), StockJson.Default.StringArray)
            ?? throw new DependencyUnavailableException("A page of the product index is missing.");

    private static string PageKey(int page) => StateKey.Of("products", page.ToString(CultureInfo.InvariantCulture));
}
