using OrderInventory.Testing;

namespace DaprWorkflow.Tests.Surface;

/// <summary>
/// The public surface against that of the official package, version 1.18.5: <c>official.txt</c> has the members that an app may use,
/// in the form of <c>PublicAPI.Shipped.txt</c> (which the compiler holds to be true). The package cannot be loaded here, so the list is
/// ours with what we leave out added by hand: it keeps members from getting lost, and proves no signature.
/// </summary>
public class SurfaceTests
{
    /// <summary>What is left out, with the reason. A line that is there after all fails the test: the list can only shrink.</summary>
    private static readonly Dictionary<string, string> Omitted = new()
    {
        ["Dapr.Workflow.Abstractions.Attributes.WorkflowActivityAttribute"] = "without the source generator it would register nothing, in silence",
        ["Dapr.Workflow.Abstractions.Attributes.WorkflowAttribute"] = "without the source generator it would register nothing, in silence",
        ["Dapr.Workflow.Client.StartWorkflowOptions"] = "no public member takes it",
        ["Dapr.Workflow.Client.StartWorkflowOptionsBuilder"] = "no public member takes what it builds",
        ["Dapr.Workflow.Serialization.IWorkflowSerializer"] = "obsolete; `IDaprSerializer` of `Dapr.Common` takes its place",
        ["Dapr.Workflow.Serialization.JsonWorkflowSerializer"] = "obsolete; `JsonDaprSerializer` of `Dapr.Common` takes its place",
        ["Dapr.Workflow.Worker.IWorkflowsFactory"] = "the inner side of registration; an app registers through `WorkflowRuntimeOptions`",
        ["Dapr.Workflow.WorkflowRuntimeOptions.ApplyRegistrations(Dapr.Workflow.Worker.IWorkflowsFactory! factory) -> void"] = "the inner side of registration; an app registers through `WorkflowRuntimeOptions`",
        ["Dapr.Workflow.WorkflowServiceCollectionExtensions.DaprWorkflowBuilder.WithSerializer(System.Func<System.IServiceProvider!, Dapr.Workflow.Serialization.IWorkflowSerializer!>! serializerFactory) -> Dapr.Workflow.WorkflowServiceCollectionExtensions.DaprWorkflowBuilder"] = "takes an `IDaprSerializer` here, of which the obsolete type is one",
        ["abstract Dapr.Workflow.WorkflowContext.GetPropagatedHistory() -> Dapr.Workflow.PropagatedHistory?"] = "daprd propagates histories only with a feature that is off by default; there is nothing to return",
    };

    [Fact]
    public void Official_EveryMember_IsHereOrOmittedForAReason()
    {
        string[] ours = [.. Lines("src/dapr-workflow/PublicAPI.Shipped.txt"), .. Lines("src/dapr-workflow/PublicAPI.Unshipped.txt")];
        var missing = Lines("tests/dapr-workflow.tests/Surface/official.txt").Except(ours);

        Assert.Equal(Omitted.Keys.Order(StringComparer.Ordinal), missing.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Document_OmittedMembers_ListsThemAll() =>
        Assert.Null(DocumentTable.Difference("docs/compatibility.md", "omitted", ["member", "reason"], Omitted.Select(entry => (string[])[$"`{entry.Key}`", entry.Value])));

    private static IEnumerable<string> Lines(string file) => File.ReadLines(Path.Combine(Repository.Root, file)).Where(line => line.Length > 0 && line[0] != '#');
}
