using System.CommandLine;
using System.Globalization;
using CsvHelper;
using OrderInventory.Cli;
using Spectre.Console;

namespace OrderInventory.Stock;

/// <summary><c>order-inventory stock</c>: the stock of all products as a file, and which of them are busy.</summary>
internal static class StockCommand
{
    private const int Refused = 1;

    /// <summary>Results go to <paramref name="output"/>, progress and errors to <paramref name="errors"/>.</summary>
    public static Command Create(TextWriter output, TextWriter errors, TimeProvider time, Func<string, string?> environment)
    {
        var inventory = Apps.InventoryAddress();
        var file = new Argument<string>("FILE") { Description = "CSV with the columns productId and total" };
        var target = new Argument<string?>("FILE") { Description = "Where to; without it to standard output", Arity = ArgumentArity.ZeroOrOne };

        var import = new Command("import", "Creates the products of a file and sets their totals, each once. A file with a mistake is not begun. After a stop the same command goes on where it was. Exit code 0: all are set, 1: the file has mistakes or some were refused, 2: inventory-app did not answer.") { file };
        import.SetAction((parsed, stopping) => TryAsync(errors, () => ImportAsync(parsed.GetValue(file)!, Apps.Client(parsed.GetValue(inventory)!, environment), output, errors, time, stopping)));
        var export = new Command("export", "Writes all products, as import reads them. Exit code 0: all are written, 1: those that are damaged are not, 2: inventory-app did not answer.") { target };
        export.SetAction((parsed, stopping) => TryAsync(errors, () => ExportAsync(parsed.GetValue(target), Apps.Client(parsed.GetValue(inventory)!, environment), output, errors, time, stopping)));
        var busy = new Command("busy", "Shows the at most 20 products with most commands in the last minute, of the process that answers: what to look at when orders on one product are slow");
        busy.SetAction((parsed, stopping) => TryAsync(errors, () => BusyAsync(Apps.Client(parsed.GetValue(inventory)!, environment), output, time, stopping)));
        return new Command("stock", "The stock of all products as a file, and which products are busy") { inventory, import, export, busy };
    }

    private static async Task<int> BusyAsync(HttpClient http, TextWriter output, TimeProvider time, CancellationToken stopping)
    {
        using var _ = http;
        var busy = await new StockClient(http, time).BusyAsync(stopping);
        if (busy.Count == 0)
        {
            await output.WriteLineAsync("no product had a command in the last minute");
            return 0;
        }

        var table = new Table().AddColumns("product", "commands in the last minute", "largest batch", "waiting now");
        foreach (var product in busy) table.AddRow(product.ProductId.EscapeMarkup(), Number(product.Commands), Number(product.LargestBatch), Number(product.Waiting));
        Terminal.On(output).Write(table);
        return 0;

        static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
    }

    private static async Task<int> ImportAsync(string path, HttpClient http, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken stopping)
    {
        using var _ = http;
        var file = StockFile.Read(path);
        foreach (var error in file.Errors) await errors.WriteLineAsync($"{path}, {error}");
        if (file.Errors.Count > 0) return Refused;

        var began = time.GetTimestamp();
        var (refused, refusals) = (0, new List<string>());
        await Bar(errors).StartAsync(async bar =>
        {
            var task = bar.AddTask(Path.GetFileName(path), maxValue: file.Lines.Count);
            refused = await new StockImport(new StockClient(http, time), time).RunAsync(
                path, file, done => task.Value = done, (line, outcome) => refusals.Add($"{path}, line {line.Number}: {line.ProductId}: {outcome.Message} ({outcome.Code})"), stopping);
        });
        foreach (var refusal in refusals) await errors.WriteLineAsync(refusal);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{file.Lines.Count - refused} of {file.Lines.Count} products are set, in {time.GetElapsedTime(began).TotalSeconds:0.0} s"));
        return refused > 0 ? Refused : 0;
    }

    private static async Task<int> ExportAsync(string? path, HttpClient http, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken stopping)
    {
        using var _ = http;
        var writer = path is null ? output : new StreamWriter(path);
        var (count, damaged) = (0, 0);
        try
        {
            await using var csv = new CsvWriter(writer, CultureInfo.InvariantCulture, leaveOpen: true);
            foreach (var name in new[] { StockFile.ProductIdColumn, StockFile.TotalColumn, "available", "reserved" }) csv.WriteField(name);
            await csv.NextRecordAsync();
            await foreach (var product in new StockClient(http, time).ListAsync(TellDamaged, stopping))
            {
                csv.WriteField(product.ProductId);
                csv.WriteField(product.Total);
                csv.WriteField(product.Available);
                csv.WriteField(product.Reserved);
                await csv.NextRecordAsync();
                count++;
            }
        }
        finally
        {
            if (path is not null) await writer.DisposeAsync();
        }

        await errors.WriteLineAsync($"{count} products");
        return damaged > 0 ? Refused : 0;

        void TellDamaged(string productId)
        {
            damaged++;
            errors.WriteLine($"{productId} is left out: what is stored of it is damaged and has to be repaired (docs/operations.md, Stock damaged)");
        }
    }

    private static async Task<int> TryAsync(TextWriter errors, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (NotAnsweredException error)
        {
            await errors.WriteLineAsync($"{error.Message} The same command again goes on from here.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await errors.WriteLineAsync(error.Message);
        }

        return CommandLine.Failed;
    }

    private static Progress Bar(TextWriter errors) => Terminal.Live(errors).Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn());
}
