using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace InventoryApp.Tests.Protocol;

public sealed class InMemoryProtocolTests : StockProtocolSuite
{
    private protected override IStateStore State { get; } = new FakeStateStore();
}
