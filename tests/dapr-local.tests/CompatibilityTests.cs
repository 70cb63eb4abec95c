using DaprLocal.Tests.Api;
using OrderInventory.Testing;

namespace DaprLocal.Tests;

/// <summary>docs/compatibility.md shows what differs from daprd on purpose.</summary>
public sealed class CompatibilityTests
{
    private const string Document = "docs/compatibility.md";

    [Fact]
    public void Document_Differences_ListsEveryOne() =>
        Assert.Null(DocumentTable.Difference(Document, "differences", ["recording", "case", "reason", "what it answers"], Differences.All));
}
