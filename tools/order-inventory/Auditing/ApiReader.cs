using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OrderInventory.Cli;

namespace OrderInventory.Auditing;

/// <summary>One app's HTTP API: reads, again when the app cannot answer right now, for as long as <paramref name="patience"/>. <paramref name="onWait"/> is told what is waited for; null: nobody is.</summary>
internal sealed class ApiReader(HttpClient http, TimeSpan patience, TimeProvider time, Action<string>? onWait)
{
    private static readonly TimeSpan TellAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    // A request can be lost between processes that are well: asked again, it is answered.
    private static readonly TimeSpan LongestTry = TimeSpan.FromSeconds(20);

    /// <summary>The answer to a GET; null for 404.</summary>
    /// <exception cref="UnreadableException">The app does not answer, or not with what it documents.</exception>
    /// <exception cref="DamagedProductException">The app refuses it as damaged.</exception>
    public async Task<JsonElement?> GetAsync(string path, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        var began = time.GetTimestamp();
        var why = "no answer yet";
        // A timer, because an app that hangs keeps one try waiting for long.
        using var slow = onWait is null ? null : time.CreateTimer(_ => onWait($"waits for {Url(path)}: {why}; it is asked again for up to {patience.TotalSeconds:0} s"), null, TellAfter, Timeout.InfiniteTimeSpan);
        while (true)
        {
            using var late = new CancellationTokenSource(LongestTry, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            try
            {
                using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), either.Token);
                if (answer.StatusCode == HttpStatusCode.NotFound) return null;
                var text = await answer.Content.ReadAsStringAsync(either.Token);
                if (answer.IsSuccessStatusCode) return Parse(path, text);
                var problem = Problem.Of(text);
                why = $"{(int)answer.StatusCode} {(problem is { Code: null, Text: null } ? text : string.Join(": ", new[] { problem.Code, problem.Text }.OfType<string>()))}";
                if (problem.Code == "STOCK_DAMAGED" && JsonSerializer.Deserialize<JsonElement>(text).GetProperty("productId").GetString() is { } product) throw new DamagedProductException(product, text);
                if ((int)answer.StatusCode < 500 && answer.StatusCode != HttpStatusCode.TooManyRequests) throw new UnreadableException(Url(path), why);
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                why = $"{(late.IsCancellationRequested ? $"no answer within {LongestTry.TotalSeconds:0} s" : error.Message)}; does the app run there?";
            }

            if (time.GetElapsedTime(began) >= patience) throw new UnreadableException(Url(path), $"{why} (tried for {patience.TotalSeconds:0} s)");
            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>The entries of each page of a list, one after the other; none when there is no such list. <paramref name="path"/> has a query.</summary>
    public IAsyncEnumerable<JsonElement> PagesAsync(string path, CancellationToken cancellationToken) => WholePagesAsync(path, cancellationToken).Select(page => page.GetProperty("data"));

    /// <summary>The same with what else a page has.</summary>
    public async IAsyncEnumerable<JsonElement> WholePagesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (string? cursor = ""; cursor is not null;)
        {
            if (await GetAsync(path + (cursor.Length > 0 ? "&cursor=" + Uri.EscapeDataString(cursor) : ""), cancellationToken) is not { } page) yield break;
            yield return page;
            cursor = page.GetProperty("nextCursor").GetString();
        }
    }

    private JsonElement Parse(string path, string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("data", out _)) return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new UnreadableException(Url(path), "the answer is not one of this product");
    }

    private string Url(string path) => new Uri(http.BaseAddress!, path).ToString();
}
