extern alias cli;

using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using cli::OrderInventory.Stock;

namespace InventoryApp.Tests;

/// <summary><c>order-inventory stock</c> on an app in this process.</summary>
public sealed class StockCommandTests : IDisposable
{
    private readonly InventoryApi _app = new() { Time = new InstantTime() };
    private readonly string _folder = Directory.CreateTempSubdirectory("oi-stock-").FullName;
    private readonly HttpClient _http;

    public StockCommandTests()
    {
        _app.UseKestrel();
        _http = _app.CreateClient();
    }

    private string FilePath => Path.Combine(_folder, "stock.csv");

    public void Dispose()
    {
        _app.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Import_OfAFile_SetsEveryProduct()
    {
        Write(Enumerable.Range(0, 1_200).Select(i => $"p{i},{i}"));

        var (code, output, _) = await RunAsync("import", FilePath);

        Assert.Equal((0, true), (code, output.StartsWith("1200 of 1200 products are set", StringComparison.Ordinal)));
        Assert.Equal([0, 700, 1199], await AvailableAsync("p0", "p700", "p1199"));
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Import_FileWithMistakes_NamesTheirLinesAndDoesNothing()
    {
        Write(["a,1", "a,2", ",3", "b/c,4", "\"d \"\"quoted\"\"\",x", "e,1000000001", "f"]);

        var (code, _, errors) = await RunAsync("import", FilePath);

        Assert.Equal(1, code);
        Assert.Equal(["line 3: a is on line 2, too", "line 4: productId is missing", "line 5: b/c can be", "line 6: total is x", "line 7: total is 1000000001", "line 8: total is missing"], Lines(errors).Select(error => error[(FilePath.Length + 2)..]).Zip([27, 28, 18, 18, 27, 24], (error, length) => error[..length]));
        Assert.Empty(_app.State.Values("stock"));
    }

    [Fact]
    public async Task Import_WithoutTheColumns_SaysWhichItNeeds()
    {
        await File.WriteAllTextAsync(FilePath, "sku,count\na,1\n");

        var (code, _, errors) = await RunAsync("import", FilePath);

        Assert.Equal((1, true), (code, errors.Contains("line 1: the columns productId and total", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Import_OneIsRefused_SetsTheOthersAndNamesTheLine()
    {
        await _http.PutAsJsonAsync("/api/inventory/b", new { total = 5 });
        await _app.DeliverAsync(("e", InventoryApi.Deduct("o", 3, "b")));
        Write(["a,1", "b,2", "c,3"]);

        var (code, output, errors) = await RunAsync("import", FilePath);

        Assert.Equal((1, true), (code, output.StartsWith("2 of 3", StringComparison.Ordinal)));
        Assert.Contains("line 3: b: ", errors, StringComparison.Ordinal);
        Assert.Contains("BELOW_RESERVED", errors, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], await AvailableAsync("a", "b", "c"));
    }

    [Fact]
    public async Task Import_ThatStops_GoesOnWhereItWasAndUndoesNothing()
    {
        Write(Enumerable.Range(0, 3_000).Select(i => $"p{i},5"));
        var saved = 0;
        _app.State.BeforeSave = _ =>
        {
            if (Interlocked.Increment(ref saved) > 2_000) _app.State.Unreadable = true;
            return Task.CompletedTask;
        };
        var (stopped, _, errors) = await RunAsync("import", FilePath);
        (_app.State.BeforeSave, _app.State.Unreadable) = (_ => Task.CompletedTask, false);
        // Of one that is set, three are sold since. Requests are under way together, so it need not be the first of the file.
        var set = (await _http.GetFromJsonAsync<JsonElement>("/api/inventory?limit=1")).GetProperty("data")[0].GetProperty("productId").GetString()!;
        await _app.DeliverAsync(("e", InventoryApi.Deduct("o", 3, set)), ("f", InventoryApi.Ship("o", 3, set)));

        var (code, output, _) = await RunAsync("import", FilePath);

        Assert.Equal((2, 0), (stopped, code));
        Assert.Contains("goes on from here", errors, StringComparison.Ordinal);
        Assert.StartsWith("3000 of 3000", output, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(await AvailableAsync(set)));
        var file = await RunAsync("export");
        Assert.Equal(2_999, Lines(file.Output).Count(line => line.EndsWith(",5,5,0", StringComparison.Ordinal)));
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Import_WhileTheFileIsBeingImported_IsRefused()
    {
        Write(["a,1"]);
        var hold = new TaskCompletionSource();
        _app.State.BeforeSave = _ => hold.Task;
        var first = RunAsync("import", FilePath);
        await OrderInventory.Testing.Eventually.GetAsync(() => Task.FromResult(_app.State.Calls.Count), calls => calls > 0, TimeSpan.FromSeconds(30), "the first import is under way");

        var (code, _, errors) = await RunAsync("import", FilePath);
        hold.SetResult();

        Assert.Equal((2, true), (code, errors.Contains("is being imported already", StringComparison.Ordinal)));
        Assert.Equal(0, (await first).Code);
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Import_OfAFileThatChangedSinceItStopped_IsRefused()
    {
        Write(["a,1"]);
        _app.State.Unreadable = true;
        await RunAsync("import", FilePath);
        _app.State.Unreadable = false;
        Write(["a,2"]);

        var (code, _, errors) = await RunAsync("import", FilePath);

        Assert.Equal((2, true), (code, errors.Contains("has changed since its import stopped", StringComparison.Ordinal)));
        Assert.Empty(_app.State.Values("stock"));
    }

    [Fact]
    public async Task Import_OfTheSameFileLater_SetsItAgain()
    {
        Write(["a,1"]);
        await RunAsync("import", FilePath);
        await _http.PutAsJsonAsync("/api/inventory/a", new { total = 9 });

        Assert.Equal(0, (await RunAsync("import", FilePath)).Code);
        Assert.Equal([1], await AvailableAsync("a"));
    }

    [Fact]
    public async Task Export_IsWhatImportReads()
    {
        await _http.PutAsJsonAsync("/api/inventory/plain", new { total = 5 });
        await _http.PutAsJsonAsync("/api/inventory/" + Uri.EscapeDataString("a \"b\", c"), new { total = 7 });
        await _app.DeliverAsync(("e", InventoryApi.Deduct("o", 3, "plain")));

        var (code, output, _) = await RunAsync("export");
        await File.WriteAllTextAsync(FilePath, output);

        Assert.Equal(0, code);
        Assert.Equal(["productId,total,available,reserved", "plain,5,2,3", "\"a \"\"b\"\", c\",7,7,0"], Lines(output));
        Assert.Equal(0, (await RunAsync("import", FilePath)).Code);
        Assert.Equal([("plain", 5), ("a \"b\", c", 7)], StockFile.Read(FilePath).Lines.Select(line => (line.ProductId, (int)line.Total)));
    }

    [Fact]
    public async Task Export_OneIsDamaged_NamesItAndWritesTheOthers()
    {
        foreach (var product in new[] { "a", "b", "c" }) await _http.PutAsJsonAsync("/api/inventory/" + product, new { total = 5 });
        await _app.WriteAsync("stock:b", "{}");

        var (code, output, errors) = await RunAsync("export");

        Assert.Equal((1, true), (code, errors.Contains("b is left out", StringComparison.Ordinal)));
        Assert.Equal(["productId,total,available,reserved", "a,5,5,0", "c,5,5,0"], Lines(output));
    }

    [Fact]
    public async Task Busy_ShowsProductsByCommands()
    {
        var (none, nothing, _) = await RunAsync("busy");
        foreach (var product in new[] { "[b]cold", "hot", "hot" }) await _http.PutAsJsonAsync("/api/inventory/" + product, new { total = 5 });

        var (code, output, _) = await RunAsync("busy");

        Assert.Equal((0, "no product had a command in the last minute", 0), (none, nothing.Trim(), code));
        Assert.Equal(["hot|2|1|0", "[b]cold|1|1|0"], Lines(output).Where(line => line.Contains(" 1 ", StringComparison.Ordinal)).Select(line => line.Replace(" ", "", StringComparison.Ordinal).Replace('\u2502', '|').Trim('|')));
    }

    [Fact]
    public async Task Import_OfNoFile_Is2() => Assert.Equal(2, (await RunAsync("import", Path.Combine(_folder, "nothing.csv"))).Code);

    private void Write(IEnumerable<string> lines) => File.WriteAllLines(FilePath, ["productId,total", .. lines]);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private async Task<IEnumerable<int>> AvailableAsync(params string[] ids) =>
        (await _http.GetFromJsonAsync<JsonElement>("/api/inventory?ids=" + string.Join(',', ids))).GetProperty("data").EnumerateArray().Select(product => product.GetProperty("available").GetInt32());

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var command = StockCommand.Create(output, errors, new InstantTime(), _ => null);
        return (await new RootCommand { command }.Parse(["stock", .. arguments, "--inventory-app", _http.BaseAddress!.ToString()]).InvokeAsync(), output.ToString(), errors.ToString());
    }
}
