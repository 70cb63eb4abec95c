using OrderInventory.Testing;

namespace DaprLocal.Tests.State;

/// <summary>docs/compatibility.md shows what differs from daprd on purpose.</summary>
public sealed class StateDocumentTests
{
    [Fact]
    public void Document_State_ListsEveryDifference() =>
        Assert.Null(DocumentTable.Difference("docs/compatibility.md", "state", ["recording", "case", "reason"], StateDifferences.All));
}
