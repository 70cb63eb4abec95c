using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderInventory.Contracts;

namespace OrderInventory.Testing;

/// <summary>Delivers records of a dead letter topic as a sidecar does to a raw subscription, and deals with them over HTTP.</summary>
public sealed class DeadLetterDelivery(HttpClient http, string topic, string appToken)
{
    private int _offset;

    /// <summary>A CloudEvent that its handler parked.</summary>
    public static string Event(string id, string data = """{"quantity":0}""", string reason = "no quantity") =>
        $$"""{"specversion":"1.0","id":"{{id}}","type":"T","source":"s","data":{{data}},"deadletterreason":"{{reason}}"}""";

    /// <summary>Delivers a record; <paramref name="offset"/> is where it is, by default a new place. Returns the status.</summary>
    public Task<int> DeliverAsync(string record, string? key = "k", int? offset = null) => DeliverAsync(Encoding.UTF8.GetBytes(record), key, offset);

    public Task<int> DeliverAsync(byte[] record, string? key = "k", int? offset = null) =>
        SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { data_base64 = Convert.ToBase64String(record), id = "of this delivery", specversion = "1.0" }), key, offset ?? ++_offset);

    /// <summary>Delivers a body as it is.</summary>
    public async Task<int> SendAsync(byte[] body, string? key, int? offset)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/dapr/events/{Topics.DeadLetter(topic)}") { Content = new ByteArrayContent(body) };
        request.Headers.Add("dapr-api-token", appToken);
        if (key is not null) request.Headers.Add("__key", key);
        if (offset is { } place)
        {
            request.Headers.Add("__topic", Topics.DeadLetter(topic));
            request.Headers.Add("__partition", "0");
            request.Headers.Add("__offset", place.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        using var answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    /// <summary>The letters, newest first.</summary>
    public async Task<JsonElement[]> ListAsync() => [.. (await http.GetFromJsonAsync<JsonElement>("/api/deadletters")).GetProperty("data").EnumerateArray()];

    /// <summary>The id of the letter of an event.</summary>
    public async Task<string> IdOfAsync(string? eventId) =>
        (await ListAsync()).Single(letter => letter.GetProperty("eventId").GetString() == eventId).GetProperty("id").GetString()!;

    public async Task<HttpResponseMessage> AskAsync(string? eventId, string action) => await http.PostAsync($"/api/deadletters/{await IdOfAsync(eventId)}/{action}", null);

    public async Task<JsonObject> AskForAsync(string? eventId, string action)
    {
        using var answer = await AskAsync(eventId, action);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    /// <summary>The errors of docs/api.md that have to do with dead letters, and how to provoke them.</summary>
    public IReadOnlyDictionary<string, Func<Task<HttpResponseMessage>>> Provocations => new Dictionary<string, Func<Task<HttpResponseMessage>>>
    {
        ["404 DEAD_LETTER_NOT_FOUND"] = () => http.GetAsync("/api/deadletters/" + new string('0', 32)),
        ["409 EARLIER_DEAD_LETTER"] = async () =>
        {
            await DeliverAsync(Event("1"));
            await DeliverAsync(Event("2"));
            return await AskAsync("2", "replay");
        },
        ["409 DEAD_LETTER_SETTLED"] = async () =>
        {
            await DeliverAsync(Event("1"));
            await AskAsync("1", "replay");
            return await AskAsync("1", "dismiss");
        },
        ["409 DEAD_LETTER_UNREADABLE"] = async () =>
        {
            await DeliverAsync("nonsense");
            return await AskAsync(null, "replay");
        },
    };
}
