using System.Net;
using System.Text.Json;
using OrderInventory.Cli;

namespace OrderInventory.DeadLetters;

/// <summary>A dead letter as an app shows it; the members are those of docs/api.md.</summary>
internal sealed record Letter(
    string Id, string Topic, string? EventId, string? Type, string? Key, string? Reason, int Size, string Status, DateTimeOffset RecordedTime, int Replays, DateTimeOffset? LastReplayed, bool CanReplay);

/// <summary>Which letters are meant: those for which all that is given holds.</summary>
internal sealed record LetterFilter(string? Topic, string? Key, string? Reason, bool UnreadableOnly)
{
    /// <summary>True when nothing is given: every letter is meant.</summary>
    public bool IsEmpty => this is { Topic: null, Key: null, Reason: null, UnreadableOnly: false };

    /// <summary>True when <paramref name="letter"/> is meant. Topic and key are compared as a whole, of the reason a part is enough, in any case.</summary>
    public bool Takes(Letter letter) =>
        (Topic ?? letter.Topic) == letter.Topic && (Key ?? letter.Key) == letter.Key
        && (Reason is null || letter.Reason?.Contains(Reason, StringComparison.OrdinalIgnoreCase) == true)
        && !(UnreadableOnly && letter.CanReplay);
}

/// <summary>What an app answered to a command: the letter as it is then, or the code and message of its refusal.</summary>
internal sealed record LetterAnswer(Letter? Letter, string? Code, string? Message);

/// <summary>The dead letters of the app that <paramref name="http"/>, which goes with this client, reaches.</summary>
internal sealed class DeadLetterClient(HttpClient http) : IDisposable
{
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    /// <summary>All letters, newest first, page by page.</summary>
    /// <exception cref="NotAnsweredException">The app cannot be asked.</exception>
    public async IAsyncEnumerable<Letter> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (string? cursor = ""; cursor is not null;)
        {
            using var page = JsonDocument.Parse(await SendAsync(HttpMethod.Get, "/api/deadletters?limit=200" + cursor, cancellationToken) is { Body: var body, Status: HttpStatusCode.OK } ? body : throw Refused("list"));
            foreach (var letter in page.RootElement.GetProperty("data").EnumerateArray()) yield return letter.Deserialize<Letter>(Json)!;
            cursor = page.RootElement.GetProperty("nextCursor").GetString() is { } next ? "&cursor=" + next : null;
        }
    }

    /// <summary>One letter and what it says, as JSON; null when this app has none of that id.</summary>
    /// <exception cref="NotAnsweredException">The app cannot be asked.</exception>
    public async Task<JsonElement?> ShowAsync(string id, CancellationToken cancellationToken)
    {
        var (status, body) = await SendAsync(HttpMethod.Get, "/api/deadletters/" + Uri.EscapeDataString(id), cancellationToken);
        return status == HttpStatusCode.OK ? JsonSerializer.Deserialize<JsonElement>(body).GetProperty("data") : status == HttpStatusCode.NotFound ? null : throw Refused("show");
    }

    /// <summary>Replays or dismisses a letter; null when this app has none of that id.</summary>
    /// <exception cref="NotAnsweredException">The app cannot be asked, or is not sure: the same again is safe.</exception>
    public async Task<LetterAnswer?> DoAsync(string id, string action, CancellationToken cancellationToken)
    {
        var (status, body) = await SendAsync(HttpMethod.Post, $"/api/deadletters/{Uri.EscapeDataString(id)}/{action}", cancellationToken);
        if (status == HttpStatusCode.NotFound) return null;
        var answer = JsonSerializer.Deserialize<JsonElement>(body);
        return status switch
        {
            HttpStatusCode.OK => new LetterAnswer(answer.GetProperty("data").Deserialize<Letter>(Json), null, null),
            HttpStatusCode.Conflict => new LetterAnswer(null, answer.GetProperty("code").GetString(), answer.GetProperty("message").GetString()),
            _ => throw Refused(action),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            using var answer = await http.SendAsync(request, cancellationToken);
            if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                throw new NotAnsweredException($"{http.BaseAddress} answers operators only: set {Apps.TokenVariable} to a token with the operator scope, or without authentication run this on its machine.");
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new NotAnsweredException($"{http.BaseAddress} does not answer: {error.Message}");
        }
    }

    private NotAnsweredException Refused(string action) => new($"{http.BaseAddress} could not {action}; the same command again goes on from here.");
}
