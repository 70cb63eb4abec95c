using System.Text.Json;
using OrderInventory.Bench.Load;

namespace OrderInventory.Bench.Stock;

/// <summary>Compares what inventory-app says of its products with what the buyers were told: I1 and I2.</summary>
internal sealed class StockAudit(HttpClient inventory)
{
    private const int MaxParallelReads = 16;

    /// <summary>What is wrong after <paramref name="measures"/>, the only buyers of <paramref name="products"/>, each of which was created with <paramref name="given"/> units; empty when nothing is.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(string name, IReadOnlyCollection<string> products, long given, params IReadOnlyCollection<Measure> measures)
    {
        var problems = new List<string>();
        var (reserved, operations) = (0L, 0L);
        await Parallel.ForEachAsync(products, new ParallelOptions { MaxDegreeOfParallelism = MaxParallelReads }, async (product, cancellationToken) =>
        {
            var stock = await ReadAsync($"/api/inventory/{product}", cancellationToken);
            var newest = (await ReadAsync($"/api/inventory/{product}/operations?limit=1", cancellationToken))[0];
            long Of(string member) => stock.GetProperty(member).GetInt64();
            lock (problems)
            {
                reserved += Of("reserved");
                // The first operation of a product is its creation.
                operations += newest.GetProperty("sequence").GetInt64() - 1;
                if (Of("total") != given || Of("available") < 0 || Of("available") + Of("reserved") != given) problems.Add($"{name}: {product} was created with {given} units and has {stock}");
            }
        });
        var (sold, asked) = (measures.Sum(measure => measure.Succeeded), measures.Sum(measure => measure.Done));
        if (reserved != sold) problems.Add($"{name}: {sold} units were sold, {reserved} are reserved");
        if (operations != asked) problems.Add($"{name}: {asked} deductions were answered, {operations} are recorded");
        return problems;
    }

    private async Task<JsonElement> ReadAsync(string path, CancellationToken cancellationToken) =>
        (await inventory.GetFromJsonAsync<JsonElement>(path, cancellationToken)).GetProperty("data");
}
