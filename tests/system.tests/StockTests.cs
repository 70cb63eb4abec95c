using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>Stock changes over HTTP with kill -9 meanwhile: each key counts once, and the recorded operations explain the balances.</summary>
[Collection(OneKilledSystem.Name)]
public sealed class StockTests(KilledSystem killed)
{
    private const int Changes = 300;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("inventory-app")]
    [InlineData("dapr-local")]
    public async Task Changes_KilledMeanwhileAndRepeated_CountOnce(string victim)
    {
        var system = killed.Local;
        var product = "hot-" + victim;
        await system.PutStockAsync(product, 1_000);
        var done = 0;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clients = Parallel.ForEachAsync(Enumerable.Range(0, Changes), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
        {
            await ChangeAsync(product, number);
            if (Interlocked.Increment(ref done) == Changes / 3) reached.SetResult();
        });
        await Task.WhenAny(reached.Task, clients);

        await system.KillAsync(victim);
        await system.StartAsync(victim);
        await clients;

        // Every client repeats what it has an answer for, too.
        Assert.True((await ChangeAsync(product, 1)).Headers.Contains("Idempotency-Replayed"));
        var operations = await OperationsAsync(product);
        Assert.Equal(Enumerable.Range(1, Changes + 1).Reverse(), operations.Select(operation => operation.GetProperty("sequence").GetInt32()));
        Assert.Equal(Changes + 1, operations.Select(operation => operation.GetProperty("operationId").GetString()).Distinct().Count());
        var total = 1_000 + Enumerable.Range(0, Changes).Sum(Quantity);
        Assert.Equal((total, total, 0), await system.StockAsync(product));
        Assert.Equal(total, operations.Sum(operation => operation.GetProperty("quantity").GetInt64()));
        var listed = (await system.Inventory.GetFromJsonAsync<JsonElement>("/api/inventory")).GetProperty("data").EnumerateArray();
        Assert.Single(listed, stock => stock.GetProperty("productId").GetString() == product);
    }

    private static long Quantity(int number) => number % 5 == 0 ? -1 : number % 5;

    private async Task<HttpResponseMessage> ChangeAsync(string product, int number) => await Eventually.GetAsync(
        async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/inventory/{product}/adjust") { Content = JsonContent.Create(new { quantity = Quantity(number) }) };
            request.Headers.Add("Idempotency-Key", Audit.Key(product, number));
            try { return await killed.Local.Inventory.SendAsync(request); }
            catch (HttpRequestException) { return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable); }
        },
        answer => answer.StatusCode == HttpStatusCode.OK,
        Within,
        $"change {number} is done");

    private async Task<IReadOnlyList<JsonElement>> OperationsAsync(string product)
    {
        var operations = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await killed.Local.Inventory.GetFromJsonAsync<JsonElement>($"/api/inventory/{product}/operations?limit=70" + (cursor.Length == 0 ? "" : "&cursor=" + cursor));
            operations.AddRange(page.GetProperty("data").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        }

        return operations;
    }
}
