using OrderInventory.Testing;

namespace OrderInventory.System.Tests.Contract;

/// <summary>docs/asyncapi.yaml, as the parser of AsyncAPI sees it.</summary>
public sealed class EventDocumentTests : IDisposable
{
    private static readonly string Document = Path.Combine(Repository.Root, "docs", "asyncapi.yaml");

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-asyncapi-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [NodeTheory]
    [InlineData("7 channels, 14 operations, no diagnostics")]
    public async Task Parse_Document_HasNothingToSay(string said) =>
        Assert.Contains(said, await NodePackage.Contract.RunAsync("asyncapi.js", [Document]), StringComparison.Ordinal);

    // An error, and mere information: neither passes.
    [NodeTheory]
    [InlineData("error invalid-ref", "information asyncapi-latest-version")]
    public async Task Parse_WrongDocuments_Fail(string ofNoChannel, string ofOld)
    {
        var noChannel = await WriteAsync("no-channel.yaml", "'#/channels/orderEvents'", "'#/channels/nothing'");
        var old = await WriteAsync("old.yaml", "asyncapi: 3.1.0", "asyncapi: 3.0.0");

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => NodePackage.Contract.RunAsync("asyncapi.js", [noChannel, old]));

        Assert.Contains($"{noChannel}: {ofNoChannel}", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"{old}: {ofOld}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("no diagnostics", failure.Message, StringComparison.Ordinal);
    }

    private async Task<string> WriteAsync(string name, string right, string wrong)
    {
        var text = await File.ReadAllTextAsync(Document);
        Assert.Contains(right, text, StringComparison.Ordinal);
        var copy = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(copy, text.Replace(right, wrong, StringComparison.Ordinal));
        return copy;
    }
}
