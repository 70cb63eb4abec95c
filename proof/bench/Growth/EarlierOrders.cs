using System.Globalization;
using System.Text.Json;
using OrderInventory.Bench.Orders;
using OrderInventory.ServiceDefaults.State;

namespace OrderInventory.Bench.Growth;

/// <summary>
/// Puts finished orders into order-app's store: copies of one that was really placed, with ids, keys and users of their own.
/// Placing a million would take the better part of an hour. What an order leaves for good is copied, which is its
/// document; workflows and messages of finished orders are gone by then.
/// </summary>
internal sealed class EarlierOrders(HttpClient sidecar, LoadClient client, TextWriter progress)
{
    private const string Store = "statestore";
    private const int Bulk = 500;
    private const int Callers = 4;

    private int _stored;

    /// <summary>Stores more until there are <paramref name="count"/>.</summary>
    /// <exception cref="HttpRequestException">The sidecar does not take them.</exception>
    public async Task StoreAsync(int count, CancellationToken cancellationToken)
    {
        if (count <= _stored) return;
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"storing {count - _stored:N0} earlier orders"));
        var (_, told) = await client.PlaceAsync(int.MaxValue - _stored, new Arrival(TimeSpan.Zero, LoadKind.Place, 0, 1, null, false, 0));
        var order = (told ?? throw new HttpRequestException("The order to be copied was not accepted.")).OrderId;
        var document = await ReadAsync(StateKey.Of("order", order), cancellationToken);
        var number = JsonSerializer.Deserialize<JsonElement>(document).GetProperty("orderNo").GetString()!;

        await Parallel.ForEachAsync(Enumerable.Range(_stored, count - _stored).Chunk(Bulk), new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = cancellationToken }, async (copies, cancellation) =>
        {
            using var answer = await sidecar.PostAsJsonAsync($"v1.0/state/{Store}", copies.SelectMany(Entries), cancellation);
            answer.EnsureSuccessStatusCode();
        });
        _stored = count;

        IEnumerable<object> Entries(int copy)
        {
            var (id, user, key) = (new Guid(copy, 0, 0x7000, [0x80, 0, 0, 0, 0, 0, 0, 0]).ToString(), $"earlier-{copy % 1_000}", $"earlier-{copy}");
            yield return new { key = StateKey.Of("order", id), value = Copy(document) };

            JsonElement Copy(string text) => JsonSerializer.Deserialize<JsonElement>(text
                .Replace(order, id, StringComparison.Ordinal)
                .Replace(number, $"ORDearlier{copy}", StringComparison.Ordinal)
                .Replace(told.UserId, user, StringComparison.Ordinal)
                .Replace(told.Key, key, StringComparison.Ordinal));
        }
    }

    private async Task<string> ReadAsync(string key, CancellationToken cancellationToken) =>
        await sidecar.GetStringAsync($"v1.0/state/{Store}/{Uri.EscapeDataString(key)}", cancellationToken);
}
