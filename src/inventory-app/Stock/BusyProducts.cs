using System.Runtime.InteropServices;

namespace InventoryApp.Stock;

/// <summary>How busy a product is in this process.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Commands">Commands on it that rounds took in the last minute; a repeated one counts each time.</param>
/// <param name="LargestBatch">Most of them that one round took.</param>
/// <param name="Waiting">Commands on it that wait for a round now.</param>
public sealed record BusyProductView(string ProductId, long Commands, int LargestBatch, int Waiting);

/// <summary>
/// Which products have most commands now: a hot one is written by one round after the other, and its commands share them. In memory,
/// noted once for each round.
/// </summary>
internal sealed class BusyProducts(TimeProvider time)
{
    /// <summary>Most products that are shown.</summary>
    public const int MaxShown = 20;

    // What is busy is among the first products of a span; so many others may come before it.
    private const int MaxOfSpan = 2_000;
    private const int Spans = 6;
    private static readonly TimeSpan SpanLength = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Span[] _spans = [.. Enumerable.Range(0, Spans).Select(_ => new Span())];

    private long Now => time.GetUtcNow().Ticks / SpanLength.Ticks;

    /// <summary>Notes what a round took.</summary>
    public void Note(IReadOnlyCollection<ProductRound> round)
    {
        lock (_gate)
        {
            var now = Now;
            var span = _spans[now % Spans];
            if (span.Number != now) span.Begin(now);
            foreach (var product in round) span.Note(product.ProductId, product.Count);
        }
    }

    /// <summary>The busiest products. <paramref name="waiting"/>: commands that wait, by product.</summary>
    public IReadOnlyList<BusyProductView> Read(IReadOnlyDictionary<string, int> waiting)
    {
        // Only copied under the lock: rounds wait for it.
        KeyValuePair<string, (long Commands, int Largest)>[] noted;
        lock (_gate)
        {
            var now = Now;
            noted = [.. _spans.Where(span => span.Number > now - Spans && span.Number <= now).SelectMany(span => span.Products)];
        }

        var taken = noted.GroupBy(product => product.Key).ToDictionary(same => same.Key, same => (Commands: same.Sum(span => span.Value.Commands), Largest: same.Max(span => span.Value.Largest)));
        return
        [
            .. taken.Keys.Union(waiting.Keys).Select(product => new BusyProductView(product, taken.GetValueOrDefault(product).Commands, taken.GetValueOrDefault(product).Largest, waiting.GetValueOrDefault(product)))
                .OrderByDescending(product => product.Commands + product.Waiting).ThenBy(product => product.ProductId, StringComparer.Ordinal).Take(MaxShown),
        ];
    }

    private sealed class Span
    {
        public long Number { get; private set; }

        public Dictionary<string, (long Commands, int Largest)> Products { get; } = [];

        public void Begin(long number)
        {
            Number = number;
            Products.Clear();
        }

        public void Note(string productId, int commands)
        {
            if (Products.Count >= MaxOfSpan && !Products.ContainsKey(productId)) return;
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(Products, productId, out _);
            known = (known.Commands + commands, Math.Max(known.Largest, commands));
        }
    }
}
