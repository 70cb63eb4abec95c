extern alias inventory;
extern alias order;

using ArchUnitNET.Loader;
using ArchUnitNET.xUnit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace OrderInventory.Architecture.Tests;

/// <summary>Inside an app: endpoints, subscriptions and the agenda use rounds, rounds use storage, storage uses the domain, the domain uses nothing.</summary>
public sealed class LayerTests
{
    private static readonly ArchUnitNET.Domain.Architecture Loaded = new ArchLoader()
        .LoadAssemblies(typeof(order::Program).Assembly, typeof(inventory::Program).Assembly)
        .Build();

    [Theory]
    [InlineData("OrderApp.Domain", "OrderApp.(Storage|Earlier|Groups|Intake|Agenda|Results|Orders)")]
    [InlineData("OrderApp.Storage", "OrderApp.(Earlier|Groups|Intake|Agenda|Results|Orders)")]
    [InlineData("OrderApp.Earlier", "OrderApp.(Groups|Intake|Agenda|Results|Orders)")]
    [InlineData("OrderApp.Groups", "OrderApp.(Earlier|Intake|Agenda|Results|Orders)")]
    [InlineData("OrderApp.Intake", "OrderApp.(Agenda|Results|Orders)")]
    [InlineData("OrderApp.Agenda", "OrderApp.(Results|Orders)")]
    [InlineData("OrderApp.Results", "OrderApp.(Agenda|Orders)")]
    [InlineData("InventoryApp.Domain", "InventoryApp.(Stock|Storage|Changes|Deductions)")]
    [InlineData("InventoryApp.Storage", "InventoryApp.(Changes|Stock|Deductions)")]
    [InlineData("InventoryApp.Changes", "InventoryApp.(Stock|Deductions)")]
    [InlineData("InventoryApp.Stock", "InventoryApp.Deductions")]
    public void Layer_UsesOnlyWhatIsBelow(string layer, string above) =>
        Types().That().ResideInNamespaceMatching("^" + layer.Replace(".", @"\.", StringComparison.Ordinal) + "$")
            .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching("^" + above.Replace(".", @"\.", StringComparison.Ordinal) + "$").As(above))
            .Check(Loaded);

    [Theory]
    [InlineData("OrderApp.Domain")]
    [InlineData("InventoryApp.Domain")]
    public void Domain_KnowsNeitherDaprNorHttpNorServices(string domain) =>
        Types().That().ResideInNamespaceMatching("^" + domain.Replace(".", @"\.", StringComparison.Ordinal) + "$")
            .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(@"^(Dapr|Grpc|Google|Microsoft\.AspNetCore|Microsoft\.Extensions|OrderInventory\.ServiceDefaults)")
            .Check(Loaded);
}
