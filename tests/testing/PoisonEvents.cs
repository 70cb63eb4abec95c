using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrderInventory.Testing;

/// <summary>What stands where a CloudEvent should, as JSON in a bulk delivery, and can never be handled.</summary>
public static class PoisonEvents
{
    /// <summary>By what is wrong with them.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        // The bounds of a JSON reader lie at 64 levels, and those of an envelope around it some levels before.
        ["data 58 deep"] = Data(Nested(58)),
        ["data 60 deep"] = Data(Nested(60)),
        ["data 62 deep"] = Data(Nested(62)),
        ["data 63 deep"] = Data(Nested(63)),
        ["data 64 deep"] = Data(Nested(64)),
        ["data 100 deep"] = Data(Nested(100)),
        ["data 9 000 deep"] = Data(Nested(9_000)),
        ["data 400 000 deep"] = Data(Nested(400_000)),
        ["an attribute 100 deep"] = """{"id":"x","specversion":"1.0","more":""" + Nested(100) + ""","data":{}}""",
        ["no object"] = "[1]",
        ["a number"] = "1e999",
        ["null"] = "null",
        ["base64"] = "\"AAEC/w==\"",
        ["an empty object"] = "{}",
        ["no data"] = """{"id":"x","data_base64":"AAEC"}""",
        ["data of half a surrogate pair"] = Data("\"\\ud800\""),
        ["an id of half a surrogate pair"] = """{"id":"\ud800","traceparent":"\udfff","data":{}}""",
        ["a name of half a surrogate pair"] = """{"\ud800":1,"data":{}}""",
        ["a name twice"] = """{"id":"x","id":"y","data":{},"data":[]}""",
        ["900 kB of text"] = Data("\"" + new string('x', 900_000) + "\""),
        ["900 kB of what is longer in JSON"] = Data("\"" + string.Concat(Enumerable.Repeat("\\u0001", 150_000)) + "\""),
        ["900 kB of names"] = Data("{" + string.Join(',', Enumerable.Range(0, 70_000).Select(i => $"\"n{i}\":1")) + "}"),
        ["deep and large"] = Data("[" + string.Concat(Enumerable.Repeat("\"\",", 200_000)) + Nested(80) + "]"),
    };

    /// <summary>The body of a bulk delivery of <paramref name="events"/>, which are JSON; their entries are named 0, 1, 2…</summary>
    public static HttpContent Delivery(IEnumerable<string> events) => new StringContent(
        """{"entries":[""" + string.Join(',', events.Select((json, i) => string.Create(CultureInfo.InvariantCulture, $$$"""{"entryId":"{{{i}}}","event":{{{json}}},"contentType":"application/cloudevents+json","metadata":{"__key":"the-key"}}"""))) + """],"id":"batch","metadata":{"pubsubName":"pubsub"},"pubsubname":"pubsub","topic":"t","type":"com.dapr.event.sent.bulk"}""",
        Encoding.UTF8,
        "application/json");

    /// <summary>A CloudEvent with <paramref name="data"/>.</summary>
    public static string Event(object data) => Data(JsonSerializer.Serialize(data));

    /// <summary>The CloudEvent of <paramref name="data"/> with one value somewhere in it replaced by anything; the same for the same seed.</summary>
    public static string Mangled(object data, int seed)
    {
        var random = new Random(seed);
        var node = JsonNode.Parse(Event(data))!.AsObject();
        var place = random.Next(3) == 0 ? node : node["data"]!.AsObject();
        place[place.ElementAt(random.Next(place.Count)).Key] = Anything(random, levels: 3);
        return node.ToJsonString();
    }

    private static JsonNode? Anything(Random random, int levels) => random.Next(levels > 0 ? 9 : 7) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(long.MinValue, long.MaxValue),
        3 => random.NextDouble() * 1e300,
        4 => "",
        5 => new string((char)random.Next(0xD7FF), random.Next(300)),
        6 => "2026-01-01T00:00:00Z",
        7 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Anything(random, levels - 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(4)).Select(i => KeyValuePair.Create("n" + i.ToString(CultureInfo.InvariantCulture), Anything(random, levels - 1)))),
    };

    private static string Data(string data) => $$"""{"id":"x","specversion":"1.0","type":"T","source":"s","datacontenttype":"application/json","data":{{data}}}""";

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);
}
