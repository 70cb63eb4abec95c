using System.Xml.Linq;
using OrderInventory.Testing;

namespace OrderInventory.Architecture.Tests;

/// <summary>Which project may reference which; a new arrow is a decision, taken here.</summary>
public sealed class ProjectArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["contracts"] = [],
        ["dapr-protos"] = [],
        ["dapr-workflow"] = ["dapr-protos"],
        ["dapr-local"] = ["dapr-protos"],
        ["service-defaults"] = ["contracts"],
        ["order-app"] = ["contracts", "dapr-workflow", "service-defaults"],
        ["inventory-app"] = ["contracts", "service-defaults"],
        ["order-inventory"] = ["contracts"],
    };

    [Fact]
    public void References_OfEveryProject_AreTheAllowedOnes()
    {
        var found = Projects().ToDictionary(
            file => Path.GetFileNameWithoutExtension(file)!,
            file => XDocument.Load(file).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)).Order().ToArray());

        Assert.Equal(Allowed.Keys.Order(), found.Keys.Order());
        foreach (var (project, references) in found) Assert.Equal((project, string.Join(' ', Allowed[project])), (project, string.Join(' ', references)));
    }

    [Fact]
    public void Solution_HasEveryProject()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "OrderInventory.sln")).Replace('\\', '/');

        foreach (var file in Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories))
            Assert.Contains(Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'), solution);
    }

    [Fact]
    public void OrderApp_CanSwapTheWorkflowLibraryForDaprsPackage()
    {
        var project = XDocument.Load(Path.Combine(Repository.Root, "src/order-app/order-app.csproj"));

        var package = project.Descendants("PackageReference").Single(reference => reference.Attribute("Include")!.Value == "Dapr.Workflow");
        Assert.Equal("'$(OfficialDaprWorkflow)' == 'true'", package.Parent!.Attribute("Condition")!.Value);
    }

    private static IEnumerable<string> Projects() => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);
}
