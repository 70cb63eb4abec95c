using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OrderInventory.Cli;
using Polly;
using Polly.Retry;

namespace OrderInventory.Stock;

/// <summary>What became of one product; the members are those of docs/api.md.</summary>
internal sealed record SetOutcome(string ProductId, bool Success, string? Code, string? Message);

/// <summary>A product as inventory-app lists it.</summary>
internal sealed record ListedProduct(string ProductId, long Total, long Available, long Reserved);

/// <summary>How busy a product is, as <c>GET /api/busy-products</c> shows it.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Commands">Commands on it in the last minute.</param>
/// <param name="LargestBatch">Most of them that were decided together.</param>
/// <param name="Waiting">Commands on it that wait now.</param>
public sealed record BusyProduct(string ProductId, long Commands, int LargestBatch, int Waiting);

/// <summary>The stock of the inventory-app that <paramref name="http"/> reaches. What is not known after a while of asking is an error.</summary>
internal sealed class StockClient(HttpClient http, TimeProvider time)
{
    /// <summary>Most products of one request.</summary>
    public const int MaxItems = 500;

    private const string Unavailable = "UNAVAILABLE";
    private const int Attempts = 8;

    private readonly ResiliencePipeline _patience = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<NotAnsweredException>(), MaxRetryAttempts = Attempts, BackoffType = DelayBackoffType.Exponential, Delay = TimeSpan.FromMilliseconds(250), MaxDelay = TimeSpan.FromSeconds(15), UseJitter = true })
        .Build();

    /// <summary>Sets these totals, each once however often it is asked under this key.</summary>
    /// <exception cref="NotAnsweredException">Not all of it is known; the same again is safe.</exception>
    /// <exception cref="UnauthorizedAccessException">The caller may not do this.</exception>
    public Task<IReadOnlyList<SetOutcome>> SetAsync(IReadOnlyList<StockLine> lines, string key, CancellationToken cancellationToken) => _patience.ExecuteAsync(async stop =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/inventory") { Content = JsonContent.Create(new { items = lines.Select(line => new { productId = line.ProductId, total = line.Total }) }) };
        request.Headers.Add("Idempotency-Key", key);
        var outcomes = (await SendAsync(request, stop)).GetProperty("data").Deserialize<IReadOnlyList<SetOutcome>>(JsonSerializerOptions.Web)!;
        return outcomes.Any(outcome => outcome.Code == Unavailable) ? throw new NotAnsweredException($"{http.BaseAddress} cannot reach its store.") : outcomes;
    }, cancellationToken).AsTask();

    /// <summary>All products, oldest first, but those that are damaged, which <paramref name="onDamaged"/> gets.</summary>
    public async IAsyncEnumerable<ListedProduct> ListAsync(Action<string> onDamaged, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (string? cursor = ""; cursor is not null;)
        {
            var at = cursor;
            var page = await _patience.ExecuteAsync(async stop =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/api/inventory?limit=200" + at);
                return await SendAsync(request, stop);
            }, cancellationToken);
            foreach (var product in page.GetProperty("data").EnumerateArray()) yield return product.Deserialize<ListedProduct>(JsonSerializerOptions.Web)!;
            if (page.TryGetProperty("damaged", out var damaged)) foreach (var product in damaged.EnumerateArray()) onDamaged(product.GetString()!);
            cursor = page.GetProperty("nextCursor").GetString() is { } next ? "&cursor=" + next : null;
        }
    }

    /// <summary>The products with most commands now, busiest first.</summary>
    public Task<IReadOnlyList<BusyProduct>> BusyAsync(CancellationToken cancellationToken) => _patience.ExecuteAsync(async stop =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/busy-products");
        return (await SendAsync(request, stop)).GetProperty("data").Deserialize<IReadOnlyList<BusyProduct>>(JsonSerializerOptions.Web)!;
    }, cancellationToken).AsTask();

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                throw new UnauthorizedAccessException($"{http.BaseAddress} lets only {(request.Method == HttpMethod.Get ? "watchers and operators" : "staff for stock")} do this: set {Apps.TokenVariable} to such a token.");
            if (answer.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError) throw new NotAnsweredException($"{http.BaseAddress} answered {(int)answer.StatusCode}.");
            var body = await answer.Content.ReadAsStringAsync(cancellationToken);
            return answer.IsSuccessStatusCode ? JsonSerializer.Deserialize<JsonElement>(body) : throw new InvalidDataException($"{http.BaseAddress} answered {(int)answer.StatusCode}: {body}");
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new NotAnsweredException($"{http.BaseAddress} does not answer: {error.Message}");
        }
    }
}
