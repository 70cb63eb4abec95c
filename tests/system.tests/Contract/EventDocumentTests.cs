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

    // An error, and a hint: neither passes.
    [NodeTheory]
    [InlineData("'#/channels/orderEvents'", "'#/channels/nothing'", "invalid-ref")]
    [InlineData("asyncapi: 3.1.0", "asyncapi: 3.0.0", "asyncapi-latest-version")]
    public async Task Parse_WrongDocument_Fails(string right, string wrong, string code)
    {
        var copy = Path.Combine(_folder, "asyncapi.yaml");
        var text = await File.ReadAllTextAsync(Document);
        Assert.Contains(right, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(copy, text.Replace(right, wrong, StringComparison.Ordinal));

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => NodePackage.Contract.RunAsync("asyncapi.js", [copy]));

        Assert.Contains(code, failure.Message, StringComparison.Ordinal);
    }
}
