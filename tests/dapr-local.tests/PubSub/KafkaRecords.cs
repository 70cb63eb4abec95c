using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using DaprLocal.Tests.Api;

namespace DaprLocal.Tests.PubSub;

/// <summary>What lies in a topic of Kafka, in the form of the recordings: key, headers by name, value.</summary>
internal static class KafkaRecords
{
    /// <summary>All records of a topic.</summary>
    public static List<JsonObject> Read(string topic)
    {
        using var consumer = new ConsumerBuilder<string?, byte[]?>(new ConsumerConfig { BootstrapServers = TestBroker.Kafka, GroupId = "reader", EnableAutoCommit = false, EnablePartitionEof = true, FetchWaitMaxMs = 10 }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics[0].Partitions;
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(topic, partition.PartitionId, Offset.Beginning)));
        var records = new List<JsonObject>();
        for (var open = partitions.Count; open > 0;)
        {
            var result = consumer.Consume(TimeSpan.FromSeconds(20)) ?? throw new TimeoutException($"Kafka does not give the end of {topic}");
            if (result.IsPartitionEOF) open--;
            else records.Add(Record(result.Message));
        }

        return records;
    }

    /// <summary>The first difference between recorded and found records, whose order is free; null when there is none.</summary>
    public static string? Difference(List<JsonNode> expected, List<JsonObject> actual)
    {
        if (expected.Count != actual.Count) return $"{actual.Count} records, not {expected.Count}";
        string? difference = null;
        foreach (var record in actual)
        {
            var found = expected.FirstOrDefault(candidate => (difference = Difference(candidate, record)) is null);
            if (found is null) return difference;
            expected.Remove(found);
        }

        return null;
    }

    private static string? Difference(JsonNode expected, JsonObject actual)
    {
        var match = new GoldenMatch();
        if (match.Difference(expected["key"], actual["key"], "record.key") is { } key) return key;
        if (match.Difference(expected["headers"], actual["headers"], "record.headers") is { } headers) return headers;
        var value = Encoding.UTF8.GetString(Convert.FromBase64String(actual["value"]!.GetValue<string>()));
        if (expected["value"] is JsonObject { Count: 1 } wrapped && wrapped["text"] is JsonValue text) return match.BodyDifference(text.GetValue<string>(), value, "record.value");
        return match.Difference(expected["value"], JsonNode.Parse(value), "record.value");
    }

    private static JsonObject Record(Message<string?, byte[]?> message) => new()
    {
        ["key"] = message.Key,
        ["headers"] = new JsonArray([.. message.Headers.OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => new JsonArray(header.Key, Encoding.UTF8.GetString(header.GetValueBytes())))]),
        ["value"] = Convert.ToBase64String(message.Value ?? []),
    };
}
