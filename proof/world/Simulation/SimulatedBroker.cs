using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using DaprLocal.PubSub;

namespace OrderInventory.Proof.Simulation;

/// <summary>A published message: its CloudEvent as a subscriber gets it.</summary>
internal sealed record Message(string Id, string? Key, JsonObject Event);

/// <summary>Topics that keep everything, and one subscriber for those that an app subscribes to: at least once, one batch at a time.</summary>
internal sealed class SimulatedBroker(World world)
{
    private const int MaxBatch = 100;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly IReadOnlyList<Fault> DeliveryFaults = [Fault.Twice, Fault.Reordered, Fault.Delayed];
    private static readonly IReadOnlyList<Fault> AnswerFaults = [Fault.AnswerLost, Fault.CrashAfter, Fault.Delayed];

    private readonly Dictionary<string, List<Message>> _topics = [];
    private readonly List<Feed> _feeds =
    [
        .. AppDefinition.Orders.Subscriptions.Select(subscription => new Feed(subscription, world => [world.Orders])),
        .. AppDefinition.Inventory.Subscriptions.Select(subscription => new Feed(subscription, world => world.Inventory)),
    ];

    /// <summary>Everything that was ever published to a topic, in order.</summary>
    public IReadOnlyList<Message> Topic(string topic) => _topics.GetValueOrDefault(topic) ?? [];

    /// <summary>The names of the topics that have messages.</summary>
    public IEnumerable<string> Topics => _topics.Keys;

    /// <summary>The app of which what is delivered to a replica also reaches one that has lost its partitions and does not know yet; null for none.</summary>
    public string? AppWithZombie { get; set; }

    /// <summary>Messages that no subscriber has accepted.</summary>
    public int Undelivered => _feeds.Sum(feed => feed.Waiting.Count + feed.InFlight.Length);

    /// <summary>What is published, and what of it is on its way to whom.</summary>
    public IEnumerable<string> Situation => _topics.OrderBy(topic => topic.Key, StringComparer.Ordinal)
        .Select(topic => $"{topic.Key}: {string.Join(" ", topic.Value.Select(message => message.Event["data"]!.ToJsonString()).Distinct())}")
        .Concat(_feeds.Select(feed => $"{feed.Subscription.Topic} to {feed.Owner(world).Name}, {feed.IsBusy}: {Ids(feed.Waiting)}; {feed.Receiver?.Name} has {Ids(feed.InFlight)}"));

    private static string Ids(IEnumerable<Message> messages) => string.Join(' ', messages.Select(message => message.Id));

    /// <summary>Appends a message.</summary>
    public void Publish(string app, string topic, ReadOnlySpan<byte> data, string contentType, IReadOnlyDictionary<string, string> metadata)
    {
        var (envelope, id) = new CloudEvents(app, world.Clock).Wrap(Contracts.Topics.PubSub, topic, data, contentType, metadata, new DaprLocal.PubSub.TraceContext("", ""));
        var message = new Message(id, metadata.GetValueOrDefault("partitionKey"), JsonNode.Parse(envelope)!.AsObject());
        Append(topic, message);
    }

    private void Append(string topic, Message message)
    {
        if (!_topics.TryGetValue(topic, out var messages)) _topics[topic] = messages = [];
        messages.Add(message);
        foreach (var feed in _feeds.Where(feed => feed.Subscription.Topic == topic)) feed.Waiting.Add(message);
    }

    /// <summary>Publishes the commands of an order once more, as the search for stuck orders does.</summary>
    public void AskAgain(string orderId)
    {
        foreach (var message in Topic(Contracts.Topics.InventoryDeduction).Where(message => message.Id.StartsWith(orderId, StringComparison.Ordinal)).DistinctBy(message => message.Id).ToArray()) Append(Contracts.Topics.InventoryDeduction, message);
    }

    /// <summary>Offers a delivery for each subscription that has something to deliver.</summary>
    public void Offer()
    {
        foreach (var feed in _feeds.Where(feed => feed is { IsBusy: false, Waiting.Count: > 0 }))
        {
            feed.IsBusy = true;
            var text = $"broker delivers {string.Join(" + ", feed.Waiting.Take(MaxBatch).Select(message => message.Id))} to {feed.Owner(world).Name}";
            world.Add(new Step(null, text, DeliveryFaults, fault => DeliverAsync(feed, fault)));
        }
    }

    /// <summary>What was being delivered to a process that died comes again.</summary>
    public void Lost(AppProcess process)
    {
        foreach (var feed in _feeds.Where(feed => feed.Receiver == process)) GiveBack(feed, feed.InFlight, TimeSpan.Zero);
    }

    private Task DeliverAsync(Feed feed, Fault fault)
    {
        ImmutableArray<Message> batch = [.. feed.Waiting.Take(MaxBatch)];
        feed.Waiting.RemoveRange(0, batch.Length);
        if (fault == Fault.Twice || feed.Owner(world).AppId == AppWithZombie)
        {
            var zombie = fault == Fault.Twice ? feed.Owner(world) : feed.Other(world);
            world.Go(zombie.SendAsync("POST", feed.Subscription.Route, Body(feed.Subscription.Topic, batch), DirectRequest.NoHeaders));
            if (fault == Fault.Twice) feed.MoveOn();
        }

        if (fault == Fault.Reordered)
        {
            var first = batch[0];
            batch = batch.RemoveAt(0);
            world.Clock.After(RetryAfter, () => feed.Waiting.Add(first));
        }

        feed.IsBusy = !batch.IsEmpty;
        if (feed.IsBusy) world.Go(HandAsync(feed, batch, feed.Owner(world)));
        return Task.CompletedTask;
    }

    private async Task HandAsync(Feed feed, ImmutableArray<Message> batch, AppProcess process)
    {
        (feed.InFlight, feed.Receiver) = (batch, process);
        var answer = await process.SendAsync("POST", feed.Subscription.Route, Body(feed.Subscription.Topic, batch), DirectRequest.NoHeaders);
        world.Add(new Step(process, $"{process.Name} answers the delivery with {answer.Status}", AnswerFaults, fault =>
        {
            var done = fault == Fault.AnswerLost || answer.Status != 200 ? [] : Done(answer.Body!);
            GiveBack(feed, [.. batch.Where((_, i) => !done.Contains(i))], RetryAfter);
            if (fault == Fault.CrashAfter) world.Crash(process);
            return Task.CompletedTask;
        }));
    }

    private void GiveBack(Feed feed, ImmutableArray<Message> messages, TimeSpan pause)
    {
        feed.Waiting.InsertRange(0, messages);
        feed.InFlight = [];
        feed.Receiver = null;
        if (messages.IsEmpty) feed.IsBusy = false;
        else world.Clock.After(pause, () => feed.IsBusy = false);
    }

    private static byte[] Body(string topic, ImmutableArray<Message> batch) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["id"] = "batch",
        ["pubsubname"] = Contracts.Topics.PubSub,
        ["topic"] = topic,
        ["type"] = "com.dapr.event.sent.bulk",
        ["metadata"] = new JsonObject(),
        ["entries"] = new JsonArray([.. batch.Select((message, i) => new JsonObject
        {
            ["entryId"] = i.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["contentType"] = "application/cloudevents+json",
            ["metadata"] = new JsonObject { ["__key"] = message.Key },
            ["event"] = message.Event.DeepClone(),
        })]),
    });

    private static HashSet<int> Done(JsonNode body) =>
    [
        .. body["statuses"]!.AsArray().Where(status => status!["status"]!.GetValue<string>() == "SUCCESS")
            .Select(status => int.Parse(status!["entryId"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture)),
    ];

    private sealed class Feed(Subscription subscription, Func<World, IReadOnlyList<AppProcess>> replicas)
    {
        private int _owner;

        public Subscription Subscription => subscription;

        public List<Message> Waiting { get; } = [];

        public ImmutableArray<Message> InFlight { get; set; } = [];

        /// <summary>The process that has <see cref="InFlight"/>.</summary>
        public AppProcess? Receiver { get; set; }

        public bool IsBusy { get; set; }

        /// <summary>The replica that the messages go to.</summary>
        public AppProcess Owner(World world)
        {
            var all = replicas(world);
            return all[_owner % all.Count];
        }

        /// <summary>Another replica, if there is one.</summary>
        public AppProcess Other(World world)
        {
            var all = replicas(world);
            return all[(_owner + 1) % all.Count];
        }

        /// <summary>The group gives the partitions to another replica.</summary>
        public void MoveOn() => _owner++;
    }
}
