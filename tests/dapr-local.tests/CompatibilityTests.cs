using DaprLocal.Tests.PubSub;
using DaprLocal.Tests.Workflows;
using OrderInventory.Testing;

namespace DaprLocal.Tests;

/// <summary>docs/compatibility.md shows what differs from daprd on purpose.</summary>
public sealed class CompatibilityTests
{
    private const string Document = "docs/compatibility.md";

    [Fact]
    public void Document_PubSubAndHosting_ListsEveryDifference() =>
        Assert.Null(DocumentTable.Difference(Document, "pubsub-and-hosting", ["recording", "case", "reason"], Differences.All));

    [Fact]
    public void Document_Workflow_ListsEveryDifference() =>
        Assert.Null(DocumentTable.Difference(Document, "workflow", ["case", "reason"], WorkflowDifferences.Known.Select(entry => (string[])[entry.Key, entry.Value])));
}
