using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.Testing.Events;

namespace OrderInventory.ServiceDefaults.Tests;

/// <summary>What the apps put on dead letter topics is as docs/asyncapi.yaml says.</summary>
public sealed class DeadLetterEnvelopeTests
{
    [Theory]
    [InlineData(Topics.InventoryDeduction)]
    [InlineData(Topics.InventoryDeductionResult)]
    public void Of_AnEvent_IsTheEventWithItsReason(string topic)
    {
        var original = JsonSerializer.SerializeToUtf8Bytes(EventContract.ExamplesOf(topic).First());

        var letter = DeadLetterEnvelope.Of(topic, original, "quantity is out of range");

        Assert.Empty(Violations(topic, letter));
        Assert.NotEmpty(Violations(topic, original));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[1]")]
    [InlineData("")]
    public void Of_AnythingElse_IsAnEventWithItsText(string original) =>
        Assert.Empty(Violations(Topics.InventoryDeduction, DeadLetterEnvelope.Of(Topics.InventoryDeduction, Encoding.UTF8.GetBytes(original), "not a CloudEvent")));

    private static IReadOnlyList<string> Violations(string topic, byte[] letter)
    {
        // What daprd adds to a CloudEvent that it is given, or overwrites in it.
        var sent = JsonNode.Parse(letter)!.AsObject();
        (sent["topic"], sent["pubsubname"]) = (Topics.DeadLetter(topic), Topics.PubSub);
        sent.TryAdd("time", "2026-01-02T03:04:05Z");
        return EventContract.Violations(Topics.DeadLetter(topic), "the-key", JsonSerializer.SerializeToUtf8Bytes(sent));
    }
}
