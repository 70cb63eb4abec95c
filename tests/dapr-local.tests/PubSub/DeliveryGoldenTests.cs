using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DaprLocal.Config;
using DaprLocal.Tests.Api;
using OrderInventory.Testing;
using Xunit.Abstractions;

namespace DaprLocal.Tests.PubSub;

/// <summary>
/// Plays every recorded answer of an app to a single delivery, side by side. Where the recording waited for the
/// component's 5 s, the tests wait for half a second.
/// </summary>
public sealed class DeliveryGoldenTests(ITestOutputHelper output)
{
    private const double Recorded = 5;
    private const double Here = 0.5;

    [Theory]
    [MemberData(nameof(TestBroker.Kinds), MemberType = typeof(TestBroker))]
    public Task Play_AnswersWithoutPolicy_AreDeliveredAsByDaprd(string kind) =>
        PlayAsync(kind, "me-plain", null, Golden.Read("pubsub/delivery-matrix.json")["defaults"]!, 70);

    [Theory]
    [MemberData(nameof(TestBroker.Kinds), MemberType = typeof(TestBroker))]
    public Task Play_AnswersWithBoundedPolicy_AreDeliveredAsByDaprd(string kind) =>
        PlayAsync(kind, "me-resil", new RetryPolicy(false, TimeSpan.FromMilliseconds(200), TimeSpan.Zero, 3), Golden.Read("pubsub/delivery-matrix.json")["resiliency"]!, 26);

    private async Task PlayAsync(string kind, string appId, RetryPolicy? policy, JsonNode cases, int count)
    {
        using var broker = new TestBroker(kind);
        var topics = new GoldenTopics(broker, appId, $"{Here * 1000}ms") { Policy = policy };
        var plays = cases.AsArray().Select((recorded, i) => new Play(recorded!, topics.Add($"m{i}", recorded!["deadLetterTopic"]!.GetValue<bool>(), null, GoldenTopics.Numbers(3)))).ToDictionary(play => play.Topic);
        Assert.Equal(count, plays.Count);
        var port = RunningSidecar.FreePort();
        await using var app = await TestApp.StartAsync(port, "[]");
        app.Answer = delivery => plays[delivery.Path["/on/".Length..].Replace(".dead", "", StringComparison.Ordinal)].AnswerAsync(delivery);
        await using var sidecar = await topics.StartAsync(app);
        await Eventually.TrueAsync(() => plays.Values.All(play => play.IsComplete), $"all deliveries of {string.Join(", ", plays.Values.Where(play => !play.IsComplete).Select(play => play.Name))}", seconds: 60);
        var report = new DifferenceReport("delivery-matrix");
        foreach (var play in plays.Values) report.Add(play.Name, play.Difference());
        report.Check(output);
    }

    private sealed class Play(JsonNode recorded, string topic)
    {
        private readonly int[] _expected = [.. recorded["deliveries"]!.AsArray().Select(n => n!.GetValue<int>())];
        private readonly int[] _dead = [.. (recorded["deadLettered"]?.AsArray() ?? []).Select(n => n!.GetValue<int>())];
        private readonly ConcurrentQueue<(int Number, long At)> _got = [];
        private readonly ConcurrentQueue<Delivery> _letters = [];

        public string Topic => topic;
        public string Name => recorded["name"]!.GetValue<string>();
        public bool IsComplete => _got.Count >= _expected.Length && _letters.Count >= _dead.Length;

        public async Task<(int Status, string Body)> AnswerAsync(Delivery delivery)
        {
            if (delivery.Path.EndsWith(".dead", StringComparison.Ordinal))
            {
                _letters.Enqueue(delivery);
                return (200, "");
            }

            var number = delivery.Body["data"]!["n"]!.GetValue<int>();
            _got.Enqueue((number, TimeProvider.System.GetTimestamp()));
            var isFirst = _got.Count(got => got.Number == 1) == 1;
            if (number != 1 || (!isFirst && recorded["answeredSo"]!.GetValue<string>() != "every time")) return (200, "");
            if (recorded["answer"] is JsonObject answer) return GoldenTopics.AnswerOf(answer);
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System); // The app that is slow.
            return (200, "");
        }

        // A message that fails for ever goes on for as long as one looks; then its count is free.
        public string? Difference()
        {
            var got = _got.ToArray();
            var numbers = got.Select(pair => pair.Number).ToArray();
            if (_expected.Contains(3) ? !numbers.SequenceEqual(_expected) : numbers.Any(number => number != 1)) return $"delivered {string.Join(' ', numbers)}, not {string.Join(' ', _expected)}";
            var letters = _letters.Select(letter => letter.Body["data"]!["n"]!.GetValue<int>()).ToArray();
            if (!letters.SequenceEqual(_dead)) return $"dead letters {string.Join(' ', letters)}, not {string.Join(' ', _dead)}";
            var gaps = recorded["gapsInSeconds"]!.AsArray().Select(gap => gap!.GetValue<double>()).ToArray();
            for (var i = 0; i < gaps.Length; i++)
            {
                var gap = TimeProvider.System.GetElapsedTime(got[i].At, got[i + 1].At).TotalSeconds;
                var wanted = gaps[i] == Recorded ? Here : gaps[i];
                if (gap < wanted * 0.95) return $"attempt {i + 2} came after {gap:0.00} s, not {wanted} s";
            }

            if (recorded["deadLetterDelivered"] is not JsonArray delivered) return null;
            var expected = JsonNode.Parse(delivered[0]!["delivered"]!.ToJsonString().Replace(Name, topic, StringComparison.Ordinal).Replace(JsonEscaped(Name), topic, StringComparison.Ordinal))!;
            return RecordedDelivery.Difference(expected, _letters.First());
        }

        private static string JsonEscaped(string text) => JsonValue.Create(text)!.ToJsonString().Trim('"');
    }
}
