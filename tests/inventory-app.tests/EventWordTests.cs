using System.Reflection;
using InventoryApp.Deductions;
using InventoryApp.Domain;
using OrderInventory.Contracts;
using OrderInventory.Testing.Events;

namespace InventoryApp.Tests;

/// <summary>The words and bounds of docs/asyncapi.yaml that only this app knows.</summary>
public sealed class EventWordTests
{
    // What only operations have that no order asks for: no result tells of them.
    private static readonly string[] NotOfLines = [Outcome.Adjusted, Outcome.Restocked];

    [Fact]
    public void Outcomes_OfOrderLines_AreTheCodesOfTheDocument()
    {
        string[] outcomes = [.. typeof(Outcome).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)];
        var codes = EventContract.Schema("InventoryDeductionResult")["properties"]!["code"]!["enum"]!.AsArray().Select(code => code!.GetValue<string>());

        Assert.Equal(outcomes.Except(NotOfLines).Order(), codes.Order());
        Assert.Equal(outcomes.Order(), Words("code").Order());
        Assert.Equal(Enum.GetValues<OperationKind>().Select(kind => kind.Word()).Order(), Words("operation").Order());
    }

    [Fact]
    public void Bounds_AreThoseOfTheDocument()
    {
        Assert.Equal(StockLimits.MaxQuantity, EventContract.Schema("Units")["maximum"]!.GetValue<int>());
        Assert.Equal(StockLimits.MaxTotal, EventContract.Schema("InventoryDeductionResult")["properties"]!["availableStock"]!["maximum"]!.GetValue<int>());
        var lines = EventContract.Schema("Line")["maximum"]!.GetValue<int>();
        Assert.Null(Refusal(lines));
        Assert.NotNull(Refusal(lines + 1));
    }

    private static IEnumerable<string> Words(string member) => EventContract.Schema(nameof(StockChange))["properties"]![member]!["enum"]!.AsArray().Select(word => word!.GetValue<string>());

    private static string? Refusal(int line) => DeductionMessages.Refusal(new InventoryDeductionMessage
    {
        Operation = StockOperationKind.Deduct,
        OrderId = "o",
        Line = line,
        ProductId = "p",
        Quantity = 1,
        IdempotencyKey = EventIds.Operation("o", line, StockOperationKind.Deduct),
        Timestamp = DateTimeOffset.UnixEpoch,
    });
}
