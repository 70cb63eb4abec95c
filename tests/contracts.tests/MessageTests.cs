using System.Text.Json;

namespace OrderInventory.Contracts.Tests;

public sealed class MessageTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void InventoryDeductionMessage_Serialized_IsTheContract() => Assert.Equal(
        """{"operation":"DEDUCT","orderId":"o","line":1,"productId":"p","quantity":2,"idempotencyKey":"o:1:deduct","timestamp":"2026-01-02T03:04:05+00:00"}""",
        JsonSerializer.Serialize(new InventoryDeductionMessage { Operation = StockOperationKind.Deduct, OrderId = "o", Line = 1, ProductId = "p", Quantity = 2, IdempotencyKey = "o:1:deduct", Timestamp = Now }, ContractsJson.Default.InventoryDeductionMessage));

    [Fact]
    public void InventoryDeductionMessage_WithCorrelationId_IsTheContract() => Assert.Equal(
        """{"operation":"SHIP","orderId":"o","line":1,"productId":"p","quantity":2,"idempotencyKey":"o:1:ship","correlationId":"g","timestamp":"2026-01-02T03:04:05+00:00"}""",
        JsonSerializer.Serialize(new InventoryDeductionMessage { Operation = StockOperationKind.Ship, OrderId = "o", Line = 1, ProductId = "p", Quantity = 2, IdempotencyKey = "o:1:ship", CorrelationId = "g", Timestamp = Now }, ContractsJson.Default.InventoryDeductionMessage));

    [Fact]
    public void InventoryDeductionResult_WithCorrelationId_IsTheContract() => Assert.Equal(
        """{"operation":"DEDUCT","orderId":"o","line":1,"productId":"p","quantity":2,"success":true,"code":"HELD","availableStock":5,"correlationId":"g","timestamp":"2026-01-02T03:04:05+00:00"}""",
        JsonSerializer.Serialize(new InventoryDeductionResult { Operation = StockOperationKind.Deduct, OrderId = "o", Line = 1, ProductId = "p", Quantity = 2, Success = true, Code = "HELD", AvailableStock = 5, CorrelationId = "g", Timestamp = Now }, ContractsJson.Default.InventoryDeductionResult));

    [Fact]
    public void Messages_OfTheVersionBefore_HaveNoCorrelationId()
    {
        Assert.Null(JsonSerializer.Deserialize("""{"operation":"DEDUCT","orderId":"o","line":1,"productId":"p","quantity":2,"idempotencyKey":"k","timestamp":"2026-01-02T03:04:05Z"}""", ContractsJson.Default.InventoryDeductionMessage)!.CorrelationId);
        Assert.Null(JsonSerializer.Deserialize("""{"operation":"DEDUCT","orderId":"o","line":1,"productId":"p","quantity":2,"success":true,"code":"HELD","availableStock":5,"timestamp":"2026-01-02T03:04:05Z"}""", ContractsJson.Default.InventoryDeductionResult)!.CorrelationId);
    }

    [Fact]
    public void InventoryDeductionResult_Serialized_IsTheContract() => Assert.Equal(
        """{"operation":"RESTORE","orderId":"o","line":1,"productId":"p","quantity":2,"success":false,"code":"FENCED","error":"e","availableStock":5,"timestamp":"2026-01-02T03:04:05+00:00"}""",
        JsonSerializer.Serialize(new InventoryDeductionResult { Operation = StockOperationKind.Restore, OrderId = "o", Line = 1, ProductId = "p", Quantity = 2, Success = false, Code = "FENCED", Error = "e", AvailableStock = 5, Timestamp = Now }, ContractsJson.Default.InventoryDeductionResult));

    [Fact]
    public void OrderStatusChangeMessage_Serialized_IsTheContract() => Assert.Equal(
        """{"orderId":"o","oldStatus":"PENDING","newStatus":"CANCELLED","reason":"OUT_OF_STOCK","sequence":2,"timestamp":"2026-01-02T03:04:05+00:00"}""",
        JsonSerializer.Serialize(new OrderStatusChangeMessage { OrderId = "o", OldStatus = "PENDING", NewStatus = "CANCELLED", Reason = "OUT_OF_STOCK", Sequence = 2, Timestamp = Now }, ContractsJson.Default.OrderStatusChangeMessage));

    [Fact]
    public void OrderEvent_Serialized_KeepsTheAmountsAsGiven() => Assert.Equal(
        """{"type":"OrderCreated","orderId":"o","orderNo":"ORD1","userId":"u","lines":[{"line":1,"productId":"p","quantity":1,"amount":42.50}],"amount":42.50,"status":"PENDING","sequence":1,"timestamp":"2026-01-02T03:04:05+00:00"}""",
        JsonSerializer.Serialize(new OrderEvent { Type = "OrderCreated", OrderId = "o", OrderNo = "ORD1", UserId = "u", Lines = [new OrderEventLine(1, "p", 1, 42.50m)], Amount = 42.50m, Status = "PENDING", Sequence = 1, Timestamp = Now }, ContractsJson.Default.OrderEvent));

    [Theory]
    [InlineData("""{"operation":"DEDUCT","orderId":"o","line":1,"productId":"p","idempotencyKey":"k","timestamp":"2026-01-02T03:04:05Z"}""")]
    [InlineData("""{"operation":"DEDUCT","orderId":"o","line":1,"productId":"p","quantity":"2","idempotencyKey":"k","timestamp":"2026-01-02T03:04:05Z"}""")]
    [InlineData("""{"operation":"TAKE","orderId":"o","line":1,"productId":"p","quantity":2,"idempotencyKey":"k","timestamp":"2026-01-02T03:04:05Z"}""")]
    public void InventoryDeductionMessage_MissingOrMistypedMember_IsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, ContractsJson.Default.InventoryDeductionMessage));

    [Fact]
    public void InventoryDeductionMessage_NewerMember_IsIgnored() => Assert.Equal(2, JsonSerializer.Deserialize(
        """{"operation":"SHIP","orderId":"o","line":1,"productId":"p","quantity":2,"idempotencyKey":"k","timestamp":"2026-01-02T03:04:05Z","warehouse":"w"}""",
        ContractsJson.Default.InventoryDeductionMessage)!.Quantity);
}
