using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OrderInventory.Cli;
using OrderInventory.Web;

namespace OrderInventory.DeadLetters;

/// <summary>The dead letters of an app. Each member throws when the app cannot be asked (<see cref="NotAnsweredException"/>) or the token does not allow it (<see cref="UnauthorizedAccessException"/>).</summary>
internal sealed class DeadLetterClient(AppClient app)
{
    /// <summary>Letters of a page.</summary>
    public const int PageSize = 200;

    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    /// <summary>The app's name.</summary>
    public string App => app.Name;

    /// <summary>All letters, newest first, page by page.</summary>
    public async IAsyncEnumerable<Letter> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (string? cursor = null; ;)
        {
            (var letters, cursor) = await PageAsync(cursor, cancellationToken);
            foreach (var letter in letters) yield return letter;
            if (cursor is null) yield break;
        }
    }

    /// <summary>A page of letters, newest first, and the cursor of the next; null at the end.</summary>
    public async Task<(IReadOnlyList<Letter> Letters, string? Next)> PageAsync(string? cursor, CancellationToken cancellationToken)
    {
        var page = await app.GetAsync($"/api/deadletters?limit={PageSize}" + (cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor)), cancellationToken) ?? throw new NotAnsweredException($"{app.Name} keeps no dead letters.");
        return (page.GetProperty("data").Deserialize<Letter[]>(Json)!, page.GetProperty("nextCursor").GetString());
    }

    /// <summary>One letter and what it says, as JSON; null when this app has none of that id.</summary>
    public Task<JsonElement?> ShowAsync(string id, CancellationToken cancellationToken) => app.DataAsync(Path(id), cancellationToken);

    /// <summary>One letter and what it says; null when this app has none of that id.</summary>
    public async Task<LetterDetails?> ReadAsync(string id, CancellationToken cancellationToken) => (await ShowAsync(id, cancellationToken))?.Deserialize<LetterDetails>(Json);

    /// <summary>Replays a letter; null when this app has none of that id. The same again is safe.</summary>
    public Task<LetterAnswer?> ReplayAsync(string id, CancellationToken cancellationToken) => DoAsync(id, "replay", null, cancellationToken);

    /// <summary>Dismisses a letter; null when this app has none of that id. The same again is safe.</summary>
    public Task<LetterAnswer?> DismissAsync(string id, string? reason, CancellationToken cancellationToken) => DoAsync(id, "dismiss", reason, cancellationToken);

    private async Task<LetterAnswer?> DoAsync(string id, string action, string? reason, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Path(id)}/{action}");
        // Earlier versions take no body.
        if (reason is not null) request.Content = JsonContent.Create(new { reason });
        var answer = await app.SendAsync(request, cancellationToken);
        if (answer.Status == HttpStatusCode.NotFound) return null;
        if (answer.Status == HttpStatusCode.TooManyRequests) throw new NotAnsweredException($"{app.Name}: {answer.Refusal}");
        return answer.IsSuccess
            ? new LetterAnswer(answer.Body.GetProperty("data").Deserialize<Letter>(Json), null, null, null)
            // A body that is wrong is told of by its fields.
            : new LetterAnswer(null, answer.Problem.Code, answer.Problem.Errors.Count > 0 ? string.Join(' ', answer.Problem.Errors.Values) : answer.Refusal, answer.Body.ValueKind == JsonValueKind.Object && answer.Body.TryGetProperty("earlier", out var earlier) ? earlier.GetString() : null);
    }

    private static string Path(string id) => "/api/deadletters/" + Uri.EscapeDataString(id);
}
