using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrderInventory.Tests;

/// <summary>Dead letters as the apps keep them.</summary>
internal static class FakeLetters
{
    /// <summary>A letter with what it says.</summary>
    public static object Of(string id, string? reason = "no quantity", string? key = "k", string? eventId = "e", bool canReplay = true, string status = "OPEN", string body = "{}", string topic = "inventory-deduction", int minute = 0) => new
    {
        id,
        topic,
        eventId,
        type = "T",
        key,
        reason,
        size = body.Length,
        status,
        recordedTime = FakeSystem.Start.AddMinutes(minute),
        replays = 0,
        lastReplayed = (string?)null,
        canReplay,
        dismissal = (object?)null,
        body,
    };

    /// <summary>The letter of this id; null when there is none.</summary>
    public static JsonObject? Find(List<object> letters, string id) => Nodes(letters).FirstOrDefault(letter => (string?)letter["id"] == id);

    /// <summary>Carries out a command as the apps do.</summary>
    public static (HttpStatusCode Status, string Body) Command(List<object> letters, string path, string body)
    {
        var (id, action) = (path.Split('/')[3], path.Split('/')[4]);
        var nodes = Nodes(letters).ToList();
        var place = nodes.FindIndex(letter => (string?)letter["id"] == id);
        if (place < 0) return (HttpStatusCode.NotFound, "{}");
        var letter = nodes[place];
        if ((string?)letter["status"] == "OPEN")
        {
            if (action == "replay" && nodes[(place + 1)..].LastOrDefault(older => (string?)older["key"] == (string?)letter["key"] && (string?)older["status"] == "OPEN") is { } first)
                return (HttpStatusCode.Conflict, JsonSerializer.Serialize(new { code = "EARLIER_DEAD_LETTER", message = "An earlier one is open.", earlier = (string?)first["id"] }));
            letter["status"] = action == "replay" ? "REPLAYED" : "DISMISSED";
            if (action == "replay") (letter["replays"], letter["lastReplayed"]) = ((int)letter["replays"]! + 1, FakeSystem.Start);
            else letter["dismissal"] = JsonSerializer.SerializeToNode(new { reason = (string?)JsonNode.Parse(body)!["reason"], by = "ann", time = FakeSystem.Start });
            letters[place] = letter;
        }

        return (HttpStatusCode.OK, JsonSerializer.Serialize(new { success = true, data = letter }));
    }

    private static IEnumerable<JsonObject> Nodes(List<object> letters) => letters.Select(letter => letter as JsonObject ?? JsonSerializer.SerializeToNode(letter)!.AsObject());
}
