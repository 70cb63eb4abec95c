using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrderApp.Tests;

/// <summary>
/// The SDK listens to instruments by name, whatever app of a process has them, and forgets one when any of these apps ends. Apps have processes of
/// their own; here no other test may run beside.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneAppTestGroup
{
    /// <summary>The name of the collection.</summary>
    public const string Name = "one app";
}

/// <summary>What operators may read of the instruments.</summary>
[Collection(OneAppTestGroup.Name)]
public sealed class MetricsEndpointTests : OrderApiTests
{
    [Fact]
    public async Task Metrics_AfterSomeOrders_AreTheSumsSinceTheStart()
    {
        for (var i = 0; i < 3; i++) (await Http.PostAsJsonAsync("/api/orders", new { userId = "u", productId = "p", quantity = 1, amount = 1, idempotencyKey = $"k{i % 2}" })).EnsureSuccessStatusCode();

        var first = await ReadAsync();
        var second = await ReadAsync();

        foreach (var read in new[] { first, second })
        {
            Assert.Equal(2, Series(read, "orders.created.total", ("outcome", "created")).GetProperty("value").GetDouble());
            Assert.Equal(1, Series(read, "orders.created.total", ("outcome", "replayed")).GetProperty("value").GetDouble());
            Assert.Equal(0, Series(read, "orders.intake.waiting").GetProperty("value").GetDouble());
        }

        var size = Series(second, "orders.round.size");
        Assert.Equal(size.GetProperty("count").GetInt64(), size.GetProperty("buckets").EnumerateArray().Sum(bucket => bucket.GetProperty("count").GetInt64()));
        Assert.Equal(JsonValueKind.Null, size.GetProperty("buckets").EnumerateArray().Last().GetProperty("upTo").ValueKind);
        Assert.Equal(3, size.GetProperty("value").GetDouble());
        Assert.EndsWith("-" + Environment.ProcessId, second.GetProperty("instance").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_InstrumentWithSeriesWithoutEnd_KeepTwoHundredAndTheSumOfTheOthers()
    {
        await ReadAsync();
        using var meter = new Meter(OrderInventory.ServiceDefaults.ServiceDefaults.TelemetryName);
        var counter = meter.CreateCounter<long>("test.endless.total");
        for (var i = 0; i < 1_000; i++) counter.Add(1, new KeyValuePair<string, object?>("number", i));

        var read = await ReadAsync();

        var series = Assert.Single(read.GetProperty("metrics").EnumerateArray(), metric => metric.GetProperty("name").GetString() == "test.endless.total").GetProperty("series").EnumerateArray().ToArray();
        Assert.Equal(201, series.Length);
        Assert.Equal(800, Series(read, "test.endless.total", ("otel.metric.overflow", "True")).GetProperty("value").GetDouble());
    }

    private static JsonElement Series(JsonElement read, string name, params (string Key, string Value)[] tags) =>
        Assert.Single(
            Assert.Single(read.GetProperty("metrics").EnumerateArray(), metric => metric.GetProperty("name").GetString() == name).GetProperty("series").EnumerateArray(),
            series => tags.All(tag => series.GetProperty("tags").TryGetProperty(tag.Key, out var value) && value.GetString() == tag.Value));

    private async Task<JsonElement> ReadAsync() => (await Http.GetFromJsonAsync<JsonElement>("/api/metrics")).GetProperty("data");
}
