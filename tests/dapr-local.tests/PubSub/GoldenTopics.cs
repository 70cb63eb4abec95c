using System.Text.Json.Nodes;
using DaprLocal.Config;
using DaprLocal.Tests.Api;

namespace DaprLocal.Tests.PubSub;

/// <summary>
/// The topics of one recording of deliveries, each with one partition and a dead letter topic beside it. Everything is
/// published before the app listens, so that batches do not depend on the moment.
/// </summary>
internal sealed class GoldenTopics(TestBroker broker, string appId, string backOff)
{
    private readonly List<Subscription> _subscriptions = [];
    private readonly List<Func<RunningSidecar, Task>> _publishes = [];

    /// <summary>Adds a topic and its dead letter topic; gives its name.</summary>
    public string Add(string name, bool hasDeadLetters, BulkSubscribe? bulk, Func<RunningSidecar, string, Task> publish)
    {
        var topic = broker.Topic(name);
        var dead = topic + ".dead";
        _subscriptions.Add(new Subscription("pubsub", topic, "/on/" + topic, hasDeadLetters ? dead : null, bulk, new Dictionary<string, string>()));
        if (hasDeadLetters) _subscriptions.Add(new Subscription("pubsub", dead, "/on/" + dead, null, null, new Dictionary<string, string> { ["rawPayload"] = IsRawDead ? "true" : "false" }));
        _publishes.Add(sidecar => publish(sidecar, topic));
        return topic;
    }

    /// <summary>True when dead letters are delivered as bytes.</summary>
    public bool IsRawDead { get; init; }

    /// <summary>The inbound policy.</summary>
    public RetryPolicy? Policy { get; init; }

    /// <summary>Publishes, then starts the app's sidecar.</summary>
    public async Task<RunningSidecar> StartAsync(TestApp app)
    {
        await broker.CreateAsync(1, [.. _subscriptions.Select(subscription => subscription.Topic)]);
        app.Subscriptions = _subscriptions;
        var component = broker.Component(partitions: 1, backOff);
        await using (var publisher = await RunningSidecar.StartAsync([component], options => options with { AppId = appId }, directory: broker.Directory))
        {
            foreach (var publish in _publishes) await publish(publisher);
        }

        var resiliency = Policy is null ? ResiliencyTargets.None : ResiliencyTargets.None with { Inbound = new Dictionary<string, ComponentPolicy> { ["pubsub"] = new(Policy, null) } };
        return await RunningSidecar.StartAsync([component], options => options with { AppId = appId, AppPort = app.Port, Resiliency = resiliency }, directory: broker.Directory);
    }

    /// <summary>Publishes <c>{"n":1}</c> to <c>{"n":count}</c> with the ids m1…, at once and with one key.</summary>
    public static Func<RunningSidecar, string, Task> Numbers(int count) => async (sidecar, topic) =>
    {
        var entries = new JsonArray([.. Enumerable.Range(1, count).Select(n => new JsonObject
        {
            ["entryId"] = $"{n}",
            ["event"] = new JsonObject { ["n"] = n },
            ["contentType"] = "application/json",
            ["metadata"] = new JsonObject { ["partitionKey"] = "k", ["cloudevent.id"] = $"m{n}" },
        })]);
        await PostAsync(sidecar, $"/v1.0/publish/bulk/pubsub/{topic}", entries.ToJsonString(), "application/json");
    };

    /// <summary>Publishes one body over HTTP.</summary>
    public static async Task PostAsync(RunningSidecar sidecar, string path, string body, string contentType)
    {
        var answer = await sidecar.HttpAsync("POST", path, System.Text.Encoding.UTF8.GetBytes(body), ("content-type", contentType));
        Assert.True(answer.Status == 204, answer.Text);
    }

    /// <summary>The status and body of a recorded answer of the app.</summary>
    public static (int Status, string Body) AnswerOf(JsonNode answer)
    {
        var body = answer["body"] switch
        {
            null => "",
            JsonObject { Count: 1 } wrapped when wrapped["text"] is JsonValue text => text.GetValue<string>(),
            var json => json.ToJsonString(),
        };
        return answer["status"] is JsonValue status && status.TryGetValue<int>(out var code) ? (code, body) : (0, "");
    }
}
