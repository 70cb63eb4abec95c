using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>What can never be handled, from the broker to the operator and back.</summary>
[Collection(OneSystem.Name)]
public sealed class DeadLetterTests(SharedSystem shared)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    private LocalSystem System => shared.Local;

    [Fact]
    public async Task Message_ThatCanNeverBeHandled_IsKeptReplayedAndBack()
    {
        await PublishAsync("inventory-deduction", """{"quantity":0}""", "application/json", "metadata.partitionKey=poisoned&metadata.cloudevent.id=poison");
        var letter = await LetterAsync(found => found.GetProperty("eventId").GetString() == "poison", "the letter is kept");
        Assert.Equal(("poisoned", "OPEN"), (letter.GetProperty("key").GetString(), letter.GetProperty("status").GetString()));
        Assert.Contains("contract", letter.GetProperty("reason").GetString(), StringComparison.Ordinal);

        using var replayed = await System.Inventory.PostAsync($"/api/deadletters/{letter.GetProperty("id").GetString()}/replay", null);

        Assert.True(replayed.IsSuccessStatusCode);
        var back = await LetterAsync(found => found.GetProperty("replays").GetInt32() == 1 && found.GetProperty("status").GetString() == "OPEN", "the letter is back");
        Assert.Equal(("poison", "poisoned"), (back.GetProperty("eventId").GetString(), back.GetProperty("key").GetString()));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(5_000)]
    public async Task Message_NestedTooDeep_HoldsUpNoOrder(int levels)
    {
        var (product, deep) = ($"deep-{levels}", $$"""{"data":{{new string('[', levels)}}{{new string(']', levels)}}}""");
        await System.PutStockAsync(product, 10);
        await PublishAsync("inventory-deduction", deep, "application/json", $"metadata.partitionKey={product}&metadata.cloudevent.id={product}");
        await PublishAsync("inventory-deduction-result", deep, "application/json", $"metadata.partitionKey={product}&metadata.cloudevent.id={product}");

        await System.Orders.DecidedAsync(await System.Orders.PlaceAsync(OrderClient.Body(product), product), Within);

        await LetterAsync(found => found.GetProperty("key").GetString() == product, "the letter is kept");
    }

    [Fact]
    public async Task Record_ThatIsNoEvent_IsKeptAndDoesNotStopTheTopic()
    {
        await PublishAsync("inventory-deduction.dlq", "nonsense", "text/plain", "metadata.partitionKey=raw&metadata.rawPayload=true");
        await PublishAsync("inventory-deduction.dlq", "{}", "application/json", "metadata.partitionKey=raw&metadata.cloudevent.id=after");

        var unreadable = await LetterAsync(found => found.GetProperty("eventId").GetString() is null && found.GetProperty("key").GetString() == "raw", "the record is kept");
        await LetterAsync(found => found.GetProperty("eventId").GetString() == "after", "the next one is kept, too");

        var details = await System.Inventory.GetFromJsonAsync<JsonElement>($"/api/deadletters/{unreadable.GetProperty("id").GetString()}");
        Assert.Equal(("nonsense", false), (details.GetProperty("data").GetProperty("body").GetString(), details.GetProperty("data").GetProperty("canReplay").GetBoolean()));
    }

    // Dapr's own type, which the apps never use.
    private async Task PublishAsync(string topic, string body, string type, string metadata)
    {
        System.Observer.MadeUpType = "com.dapr.event.sent";
        using var content = new StringContent(body, Encoding.UTF8, type);
        using var answer = await System.InventorySidecar.PostAsync($"publish/pubsub/{topic}?{metadata}", content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonElement> LetterAsync(Func<JsonElement, bool> isIt, string what)
    {
        var letters = await Eventually.GetAsync(
            async () => (await System.Inventory.GetFromJsonAsync<JsonElement>("/api/deadletters")).GetProperty("data").EnumerateArray().Where(isIt).ToArray(), found => found.Length > 0, Within, what);
        return letters[0];
    }
}
