using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using OrderInventory.Testing.Events;

namespace OrderInventory.Contracts.Tests;

/// <summary>docs/asyncapi.yaml and the code say the same.</summary>
public sealed class EventDocumentTests
{
    // The data of each topic, and the id that an event with it has.
    private static readonly Dictionary<string, (JsonTypeInfo Type, Func<object, string> Id)> Data = new()
    {
        [Topics.InventoryDeduction] = (ContractsJson.Default.InventoryDeductionMessage, data => data is InventoryDeductionMessage sent ? EventIds.Operation(sent.OrderId, sent.Line, sent.Operation) : ""),
        [Topics.InventoryDeductionResult] = (ContractsJson.Default.InventoryDeductionResult, data => data is InventoryDeductionResult sent ? EventIds.Result(EventIds.Operation(sent.OrderId, sent.Line, sent.Operation)) : ""),
        [Topics.OrderEvents] = (ContractsJson.Default.OrderEvent, data => data is OrderEvent sent ? sent.Payment is { Late: true } late ? EventIds.LatePayment(sent.OrderId, late.PaymentId) : EventIds.Transition(sent.OrderId, sent.Sequence) : ""),
        [Topics.OrderStatusChanges] = (ContractsJson.Default.OrderStatusChangeMessage, data => data is OrderStatusChangeMessage sent ? EventIds.Transition(sent.OrderId, sent.Sequence) : ""),
        [Topics.StockChanges] = (ContractsJson.Default.StockChange, data => data is StockChange sent ? EventIds.StockChange(sent.ProductId, sent.Sequence) : ""),
    };

    public static TheoryData<string> Described { get; } = [.. Data.Keys];

    public static TheoryData<string> All { get; } = [.. EventContract.Topics];

    public static TheoryData<Type> Records { get; } = [typeof(InventoryDeductionMessage), typeof(InventoryDeductionResult), typeof(OrderEvent), typeof(OrderEventLine), typeof(OrderEventPayment), typeof(OrderStatusChangeMessage), typeof(StockChange)];

    [Fact]
    public void Channels_AreTheTopicsOfTheCode() => Assert.Equal(Topics.All.Concat(Topics.DeadLetters).Order(), EventContract.Topics.Order());

    [Theory]
    [MemberData(nameof(All))]
    public void Examples_OfEveryTopic_AreAsTheDocumentSays(string topic)
    {
        Assert.NotEmpty(EventContract.ExamplesOf(topic));
        foreach (var example in EventContract.ExamplesOf(topic))
        {
            // Both dead letter topics have the same message, and so the same example.
            var of = Text(example, "topic");
            Assert.Empty(EventContract.Violations(of, EventContract.KeyOf(of, example), Bytes(example)));
        }
    }

    [Theory]
    [MemberData(nameof(Described))]
    public void Examples_ReadAndWrittenByTheCode_StayAsTheyAre(string topic)
    {
        var (type, id) = Data[topic];
        foreach (var example in EventContract.ExamplesOf(topic))
        {
            var data = JsonSerializer.Deserialize(example["data"], type)!;

            Assert.True(JsonNode.DeepEquals(example["data"], JsonSerializer.SerializeToNode(data, type)), example["data"]!.ToJsonString());
            Assert.Equal((id(data), data is OrderEvent fact ? fact.Type : type.Type.Name), (Text(example, "id"), Text(example, "type")));
        }
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Schema_OfARecord_HasItsMembers(Type record)
    {
        var members = ContractsJson.Default.GetTypeInfo(record)!.Properties;
        var schema = EventContract.Schema(record.Name);
        var properties = schema["properties"]!.AsObject();

        Assert.Equal(members.Select(member => $"{member.Name} {TypeOf(member.PropertyType)}"), properties.Select(property => $"{property.Key} {TypeOf(property.Value!)}"));
        Assert.Equal(members.Where(member => !member.IsGetNullable).Select(member => member.Name), schema["required"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.All(properties, property => Assert.NotEmpty(Resolved(property.Value!, "description")!.GetValue<string>()));
    }

    [Fact]
    public void Words_OfTheOperations_AreThoseOfTheCode() => Assert.Equal(
        Enum.GetValues<StockOperationKind>().Select(kind => JsonSerializer.SerializeToNode(kind)!.GetValue<string>()), EventContract.Words("StockOperationKind"));

    private static string TypeOf(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var number when number == typeof(int) || number == typeof(long) => "integer",
        var amount when amount == typeof(decimal) => "number decimal",
        var flag when flag == typeof(bool) => "boolean",
        var time when time == typeof(DateTimeOffset) => "string date-time",
        var text when text == typeof(string) || text.IsEnum => "string",
        var payment when payment == typeof(OrderEventPayment) => "object",
        _ => "array",
    };

    // A uuid is a string of the code, too.
    private static string TypeOf(JsonNode schema) => $"{Resolved(schema, "type")} {Resolved(schema, "format")}".Replace("uuid", "", StringComparison.Ordinal).Trim();

    // What a schema says itself, or by the one that it refers to.
    private static JsonNode? Resolved(JsonNode schema, string keyword) =>
        schema[keyword] ?? ((schema["$ref"] ?? schema["allOf"]?[0]!["$ref"]) is { } other ? Resolved(EventContract.Schema(other.GetValue<string>().Split('/')[^1]), keyword) : null);

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());
}
