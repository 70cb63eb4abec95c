using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.Testing;
using OrderInventory.Testing.Events;

namespace OrderInventory.Contracts.Tests;

/// <summary>The check that every event of every test goes through finds what is wrong, and nothing else.</summary>
public sealed class EventCheckTests
{
    // An event as the example of its topic has it but for one thing: a member of the envelope, or of the data.
    [Theory]
    [InlineData(Topics.InventoryDeduction, "specversion", null)]
    [InlineData(Topics.InventoryDeduction, "specversion", "\"0.3\"")]
    [InlineData(Topics.InventoryDeduction, "id", null)]
    [InlineData(Topics.InventoryDeduction, "id", "\"\"")]
    [InlineData(Topics.InventoryDeduction, "id", "\"another\"")]
    [InlineData(Topics.InventoryDeduction, "source", null)]
    [InlineData(Topics.InventoryDeduction, "type", "\"OrderEvent\"")]
    [InlineData(Topics.InventoryDeduction, "time", "\"yesterday\"")]
    [InlineData(Topics.InventoryDeduction, "topic", "\"order-events\"")]
    [InlineData(Topics.InventoryDeduction, "traceparent", "\"00-1-2-3\"")]
    [InlineData(Topics.InventoryDeduction, "datacontenttype", "\"text/plain\"")]
    [InlineData(Topics.InventoryDeduction, "data", null)]
    [InlineData(Topics.InventoryDeduction, "data", "\"text\"")]
    [InlineData(Topics.InventoryDeduction, "data.quantity", null)]
    [InlineData(Topics.InventoryDeduction, "data.quantity", "\"2\"")]
    [InlineData(Topics.InventoryDeduction, "data.quantity", "2.5")]
    [InlineData(Topics.InventoryDeduction, "data.quantity", "0")]
    [InlineData(Topics.InventoryDeduction, "data.operation", "\"TAKE\"")]
    [InlineData(Topics.InventoryDeduction, "data.correlationId", "\"a/b\"")]
    [InlineData(Topics.InventoryDeductionResult, "data.code", "\"GONE\"")]
    [InlineData(Topics.InventoryDeductionResult, "data.success", "\"true\"")]
    [InlineData(Topics.InventoryDeductionResult, "data.success", "false")]
    [InlineData(Topics.InventoryDeductionResult, "data.availableStock", "-1")]
    [InlineData(Topics.OrderEvents, "data.amount", "\"59.80\"")]
    [InlineData(Topics.OrderEvents, "data.lines", "[]")]
    [InlineData(Topics.OrderEvents, "data.lines", """[{"line":1,"productId":"p","quantity":1}]""")]
    [InlineData(Topics.OrderEvents, "data.orderId", "\"o\"")]
    [InlineData(Topics.OrderEvents, "data.status", "\"pending\"")]
    [InlineData(Topics.OrderEvents, "data.type", "\"OrderLost\"")]
    [InlineData(Topics.OrderStatusChanges, "data.newStatus", "\"LOST\"")]
    [InlineData(Topics.OrderStatusChanges, "data.oldStatus", "null")]
    [InlineData(Topics.OrderStatusChanges, "data.sequence", "0")]
    [InlineData(Topics.OrderStatusChanges, "data.timestamp", "\"2026-08-01 09:00\"")]
    [InlineData(Topics.StockChanges, "id", "\"SAMPLE-BOOK\"")]
    [InlineData(Topics.StockChanges, "data.operation", "\"COUNT\"")]
    [InlineData(Topics.StockChanges, "data.reserved", "null")]
    [InlineData("inventory-deduction.dlq", "deadletterreason", null)]
    [InlineData("inventory-deduction.dlq", "deadlettertopic", "\"order-events\"")]
    public void Violations_OneThingWrong_IsFound(string topic, string member, string? value)
    {
        var (right, wrong) = (Example(topic), Example(topic));
        var place = member.StartsWith("data.", StringComparison.Ordinal) ? wrong["data"]!.AsObject() : wrong;
        if (value is null) place.Remove(member.Split('.')[^1]);
        else place[member.Split('.')[^1]] = JsonNode.Parse(value);

        Assert.Empty(Violations(topic, right));
        Assert.NotEmpty(Violations(topic, wrong));
    }

    [Fact]
    public void Violations_WrongOrMissingKey_IsFound()
    {
        foreach (var topic in Topics.All)
        {
            Assert.Contains("key", Assert.Single(EventContract.Violations(topic, "another", Bytes(Example(topic)))), StringComparison.Ordinal);
            Assert.Contains("key", Assert.Single(EventContract.Violations(topic, null, Bytes(Example(topic)))), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Violations_ResultWithoutCorrelation_IsKeyedByItsOrder()
    {
        var result = Example(Topics.InventoryDeductionResult);
        result["data"]!.AsObject().Remove("correlationId");

        Assert.Empty(EventContract.Violations(Topics.InventoryDeductionResult, result["data"]!["orderId"]!.GetValue<string>(), Bytes(result)));
    }

    [Fact]
    public void Violations_MembersThatNobodyKnows_AreNone()
    {
        foreach (var topic in EventContract.Topics.Where(topic => topic != Topics.DeadLetter(Topics.InventoryDeductionResult)))
        {
            var newer = Example(topic);
            (newer["newer"], newer["data"]!["newer"]) = ("attribute", new JsonArray(1));

            Assert.Empty(Violations(topic, newer));
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    public void Violations_NoCloudEvent_IsFound(string body) => Assert.NotEmpty(EventContract.Violations(Topics.OrderEvents, "k", Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Violations_UnknownTopic_IsFound() => Assert.NotEmpty(EventContract.Violations("another", "k", Bytes(Example(Topics.OrderEvents))));

    [Theory]
    [InlineData("CONFIRMED", true)]
    [InlineData("LOST", false)]
    public async Task FakePublisher_WrongEvent_FailsTheTestAndNotTheApp(string status, bool isRight)
    {
        var publisher = new FakeEventPublisher();
        const string order = "6b1f4c7e-52d8-8a31-9c04-7d1e5f0a2b36";
        var message = new OrderStatusChangeMessage { OrderId = order, OldStatus = "PENDING", NewStatus = status, Sequence = 2, Timestamp = DateTimeOffset.UnixEpoch };

        var missing = await publisher.PublishAsync(Topics.OrderStatusChanges, [OutgoingEvent.Of(order + ":2", order, message, ContractsJson.Default.OrderStatusChangeMessage)], CancellationToken.None);

        Assert.Empty(missing);
        if (isRight)
        {
            publisher.Verify();
            Assert.Single(publisher.Published);
            return;
        }

        Assert.Contains("newStatus", Assert.Throws<InvalidOperationException>(publisher.Verify).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => publisher.Published);
    }

    private static JsonObject Example(string topic) => EventContract.ExamplesOf(topic).First().DeepClone().AsObject();

    private static IReadOnlyList<string> Violations(string topic, JsonNode envelope) => EventContract.Violations(topic, EventContract.KeyOf(topic, envelope), Bytes(envelope));

    private static byte[] Bytes(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node);
}
