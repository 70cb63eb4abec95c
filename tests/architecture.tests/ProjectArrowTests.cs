using System.Xml.Linq;
using OrderInventory.Testing;

namespace OrderInventory.Architecture.Tests;

/// <summary>Which project may reference which; a new arrow is a decision, taken here.</summary>
public sealed class ProjectArrowTests
{
    private const string Product = "src";
    private const string Tools = "tools";
    private const string Proof = "proof";
    private const string Samples = "samples";

    // A sample knows the contract alone, as every other consumer. The product never sees what stands beside it; dapr-local never sees the product. What the product is measured against uses
    // nothing of it.
    private static readonly Dictionary<string, (string Folder, string[] References)> Allowed = new()
    {
        ["contracts"] = (Product, []),
        ["service-defaults"] = (Product, ["contracts"]),
        ["order-app"] = (Product, ["contracts", "service-defaults"]),
        ["inventory-app"] = (Product, ["contracts", "service-defaults"]),
        ["dapr-protos"] = (Tools, []),
        ["dapr-local"] = (Tools, ["dapr-protos"]),
        ["order-inventory"] = (Tools, ["contracts"]),
        ["order-feed"] = (Samples, ["contracts"]),
        ["naive-app"] = (Proof, []),
        ["naive-workflow"] = (Proof, []),
    };

    [Fact]
    public void References_OfEveryProject_AreTheAllowedOnes()
    {
        var found = new[] { Product, Tools, Proof, Samples }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), folder == Proof ? "naive-*.csproj" : "*.csproj", SearchOption.AllDirectories)
            .Select(file => (Project: Path.GetFileNameWithoutExtension(file), Folder: folder, References: string.Join(' ', ReferencesOf(file)))));

        Assert.Equal(
            Allowed.Select(allowed => (allowed.Key, allowed.Value.Folder, string.Join(' ', allowed.Value.References))).Order(),
            found.Order());
    }

    [Fact]
    public void Solution_HasEveryProject()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "OrderInventory.sln")).Replace('\\', '/');

        foreach (var file in Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories))
            Assert.Contains(Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'), solution);
    }

    private static IEnumerable<string> ReferencesOf(string project) =>
        XDocument.Load(project).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)).Order();
}
