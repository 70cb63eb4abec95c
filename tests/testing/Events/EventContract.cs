using System.Text.Json;
using System.Text.Json.Nodes;
using CloudNative.CloudEvents.SystemTextJson;
using Json.Pointer;
using Json.Schema;
using YamlDotNet.Serialization;

namespace OrderInventory.Testing.Events;

/// <summary>What docs/asyncapi.yaml says about the events, and whether an event is as it says. The judges are libraries that nobody here wrote.</summary>
public static class EventContract
{
    private static readonly Uri Address = new("urn:order-inventory:asyncapi");
    private static readonly JsonEventFormatter CloudEvents = new();
    private static readonly EvaluationOptions Options = new() { EvaluateAs = SpecVersion.Draft7, OutputFormat = OutputFormat.List, RequireFormatValidation = true };
    private static readonly Dictionary<string, string> MessageOfTopic;

    static EventContract()
    {
        Document = Read();
        Options.SchemaRegistry.Register(new JsonNodeBaseDocument(Document, Address));
        MessageOfTopic = Document["channels"]!.AsObject().ToDictionary(
            channel => channel.Value!["address"]!.GetValue<string>(),
            channel => channel.Value!["messages"]!.AsObject().Single().Value!["$ref"]!.GetValue<string>());
    }

    /// <summary>The document as JSON.</summary>
    public static JsonNode Document { get; }

    /// <summary>The topics that it describes.</summary>
    public static IReadOnlyCollection<string> Topics => MessageOfTopic.Keys;

    /// <summary>The examples of the message on a topic: envelopes.</summary>
    public static IEnumerable<JsonNode> ExamplesOf(string topic) => Message(topic)["examples"]!.AsArray().Select(example => example!["payload"]!);

    /// <summary>The schema of that name in the document.</summary>
    public static JsonObject Schema(string name) => Document["components"]!["schemas"]![name]!.AsObject();

    /// <summary>The words that the schema of that name allows.</summary>
    public static IEnumerable<string> Words(string schema) => Schema(schema)["enum"]!.AsArray().Select(word => word!.GetValue<string>());

    /// <summary>The key that the document wants for an event of a topic; null when it wants none.</summary>
    public static string? KeyOf(string topic, JsonNode envelope) => Message(topic)["x-key"]?.AsArray()
        .Select(place => JsonPointer.Parse(place!.GetValue<string>()).TryEvaluate(envelope, out var found) ? (found as JsonValue)?.ToString() : null)
        .FirstOrDefault(key => key is not null);

    /// <summary>All that is wrong with an event; empty when nothing is. <paramref name="envelope"/>: the whole CloudEvent as on the wire.</summary>
    public static IReadOnlyList<string> Violations(string topic, string? key, ReadOnlyMemory<byte> envelope)
    {
        if (!MessageOfTopic.TryGetValue(topic, out var message)) return [$"no channel has the topic {topic}"];
        try
        {
            // Throws when it is no CloudEvent: an attribute is missing, empty, or of a wrong form.
            CloudEvents.DecodeStructuredModeMessage(envelope, null, null);
            var node = JsonNode.Parse(envelope.Span)!;
            var schema = new JsonSchemaBuilder().Ref($"{Address}{message}/payload").Build();
            EvaluationResults found;
            // The library prepares a schema while it is used first; of two threads at that, one can find nothing wrong.
            lock (Options) found = schema.Evaluate(node, Options);
            List<string> wrong = found.IsValid ? [] : [.. found.Details.Where(detail => detail.HasErrors).SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}")).Distinct()];
            if (!found.IsValid && wrong.Count == 0) wrong.Add("it does not fit its schema");
            if (KeyOf(topic, node) is { } wanted && wanted != key) wrong.Add($"its key is {key ?? "missing"}, not {wanted}");
            return wrong;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or JsonException)
        {
            return [$"it is no CloudEvent: {error.Message}"];
        }
    }

    private static JsonNode Message(string topic) => JsonPointer.Parse(MessageOfTopic[topic].TrimStart('#')).TryEvaluate(Document, out var message) ? message! : throw new InvalidOperationException($"The message of {topic} is missing.");

    // By two steps of the library: YAML as objects with numbers and booleans, and these as JSON.
    private static JsonNode Read()
    {
        var yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(File.ReadAllText(Path.Combine(Repository.Root, "docs", "asyncapi.yaml")));
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(yaml))!;
    }
}
