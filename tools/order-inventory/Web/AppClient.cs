using System.Net;
using System.Text.Json;
using OrderInventory.Cli;

namespace OrderInventory.Web;

/// <summary>What an app answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The JSON document; undefined when there was none.</param>
internal sealed record AppAnswer(HttpStatusCode Status, JsonElement Body)
{
    /// <summary>True for 2xx.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>Why it was refused, for people; null on success.</summary>
    public string? Refusal => IsSuccess ? null : Problem.Text ?? $"The app answered {(int)Status}.";

    /// <summary>What a refusal says.</summary>
    public Problem Problem => Problem.Of(Body);
}

/// <summary>One app's HTTP API: one try, and since when the app does not answer. <paramref name="limit"/> of a request; null: as long as somebody waits for a page.</summary>
internal sealed class AppClient(string name, HttpClient http, TimeProvider time, TimeSpan? limit = null)
{
    private readonly TimeSpan _patience = limit ?? TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();
    private DateTimeOffset? _downSince;

    /// <summary>The app's name.</summary>
    public string Name => name;

    /// <summary>Since when every request failed; null when the last one was answered.</summary>
    public DateTimeOffset? DownSince
    {
        get { lock (_lock) return _downSince; }
    }

    /// <summary>The answer to a GET; null for 404.</summary>
    /// <exception cref="NotAnsweredException">The app does not answer, or cannot right now.</exception>
    /// <exception cref="UnauthorizedAccessException">The token does not allow it.</exception>
    public async Task<JsonElement?> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        var answer = await SendAsync(request, cancellationToken);
        if (answer.Status == HttpStatusCode.NotFound) return null;
        if (answer.IsSuccess) return answer.Body;
        throw answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity ? new RefusedException($"{name}: {answer.Refusal}") { Errors = answer.Problem.Errors } : new NotAnsweredException($"{name}: {answer.Refusal}");
    }

    /// <summary>As <see cref="GetAsync"/>, the member <c>data</c> of the answer.</summary>
    public async Task<JsonElement?> DataAsync(string path, CancellationToken cancellationToken) => (await GetAsync(path, cancellationToken))?.GetProperty("data");

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <exception cref="NotAnsweredException">The app does not answer, or answered 5xx.</exception>
    /// <exception cref="UnauthorizedAccessException">The token does not allow it.</exception>
    public async Task<AppAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = time.GetUtcNow();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_patience);
        try
        {
            using var response = await http.SendAsync(request, patience.Token);
            var text = await response.Content.ReadAsStringAsync(patience.Token);
            var answer = new AppAnswer(response.StatusCode, Parse(text));
            // A refusal is an answer, and so is one product that is damaged.
            if ((int)answer.Status >= 500 && answer.Problem.Code != "STOCK_DAMAGED") throw new NotAnsweredException($"{name} answered {(int)answer.Status}: {answer.Refusal}");
            lock (_lock) _downSince = null;
            if (answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) throw new UnauthorizedAccessException($"{name}: {answer.Refusal}");
            return answer;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or NotAnsweredException && !cancellationToken.IsCancellationRequested)
        {
            lock (_lock) _downSince ??= asked;
            throw error as NotAnsweredException ?? new NotAnsweredException($"{name} does not answer: {(error is OperationCanceledException ? $"nothing within {_patience.TotalSeconds:0} s" : error.Message)}");
        }
    }

    private static JsonElement Parse(string text)
    {
        try
        {
            return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

/// <summary>The two apps.</summary>
internal sealed record SystemClient(AppClient Orders, AppClient Inventory)
{
    /// <summary>Those that do not answer.</summary>
    public IReadOnlyList<Outage> Outages => [.. new[] { Orders, Inventory }.Where(app => app.DownSince is not null).Select(app => new Outage(app.Name, app.DownSince!.Value))];
}

/// <summary>An app that does not answer.</summary>
public sealed record Outage(string App, DateTimeOffset Since);
