using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using OrderInventory.Testing;

namespace OrderInventory.Contracts.Tests;

/// <summary>The package that others consume the events with.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oi-pack-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Pack_Contracts_HasAllThatAConsumerNeeds()
    {
        // As it was built for this test; a warning fails.
        using var pack = Process.Start(new ProcessStartInfo("dotnet", ["pack", "src/contracts", "--no-build", "-warnaserror", "-c", Repository.Configuration, "-o", _folder]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true })!;
        var output = await pack.StandardOutput.ReadToEndAsync();
        await pack.WaitForExitAsync();
        Assert.True(pack.ExitCode == 0, output);

        await using var package = await ZipFile.OpenReadAsync(Assert.Single(Directory.GetFiles(_folder)));
        string[] needed = ["README.md", "asyncapi.yaml", "lib/net10.0/OrderInventory.Contracts.dll", "lib/net10.0/OrderInventory.Contracts.xml"];
        Assert.Empty(needed.Except(package.Entries.Select(entry => entry.FullName)));
        var metadata = XDocument.Load(await package.GetEntry("OrderInventory.Contracts.nuspec")!.OpenAsync()).Root!.Elements().Single();
        string Text(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value ?? "";
        Assert.Equal(("OrderInventory.Contracts", "Apache-2.0", "README.md"), (Text("id"), Text("license"), Text("readme")));
        Assert.All(new[] { "version", "description", "tags", "authors" }, name => Assert.NotEmpty(Text(name)));
        Assert.DoesNotContain(metadata.Descendants(), element => element.Name.LocalName == "dependency");
    }
}
