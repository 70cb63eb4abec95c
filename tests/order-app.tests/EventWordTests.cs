using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderApp.Domain;
using OrderApp.Orders;
using OrderInventory.Testing.Events;

namespace OrderApp.Tests;

/// <summary>The words and bounds of docs/asyncapi.yaml that only this app knows.</summary>
public sealed class EventWordTests
{
    [Fact]
    public void Statuses_AreThoseOfTheDocument()
    {
        var statuses = Enum.GetValues<OrderStatus>();

        Assert.Equal(statuses.Select(status => JsonSerializer.SerializeToNode(status)!.GetValue<string>()), EventContract.Words("OrderStatus"));
        Assert.Equal(statuses.Select(status => status.Word()), EventContract.Words("OrderStatus"));
        // In the order of the statuses, but that the first one is told by another word; the last one is no transition.
        Assert.Equal([.. statuses.Select(status => status == OrderStatus.Pending ? "OrderCreated" : "Order" + status), "OrderPaidLate"], EventContract.Words("OrderEventType"));
    }

    [Fact]
    public void Reasons_AreToldInTheDocument()
    {
        var told = EventContract.Schema("Reason")["description"]!.GetValue<string>();

        Assert.All(Enum.GetValues<OrderCommand>().Select(Reasons.Of).OfType<string>().Append(Reasons.PaymentOverdue), reason => Assert.Contains(reason, told, StringComparison.Ordinal));
        Assert.Equal(MaxLength(typeof(OrderCommandRequest), nameof(OrderCommandRequest.Reason)), Number(EventContract.Schema("Reason")["maxLength"]));
    }

    [Fact]
    public void Lines_OfAnOrder_AreAsManyAsTheDocumentAllows() =>
        Assert.Equal(PlaceOrderRequest.MaxLines, Number(EventContract.Schema("OrderEvent")["properties"]!["lines"]!["maxItems"]));

    [Fact]
    public void NumbersAndPayments_AreAsTheDocumentSays()
    {
        Assert.Equal(OrderNumber.Pattern, EventContract.Schema("OrderEvent")["properties"]!["orderNo"]!["pattern"]!.GetValue<string>());
        Assert.Equal(MaxLength(typeof(PayOrderRequest), nameof(PayOrderRequest.PaymentId)), Number(EventContract.Schema("OrderEventPayment")["properties"]!["paymentId"]!["maxLength"]));
    }

    private static int MaxLength(Type type, string property) => type.GetProperty(property)!.GetCustomAttribute<StringLengthAttribute>()!.MaximumLength;

    private static int Number(JsonNode? value) => value!.GetValue<int>();
}
