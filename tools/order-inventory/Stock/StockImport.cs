namespace OrderInventory.Stock;

/// <summary>Sets the totals that a file says. What it stops at, the same import goes on from.</summary>
internal sealed class StockImport(StockClient stock, TimeProvider time)
{
    // So that one request is prepared while others are carried out.
    private const int InFlight = 4;

    /// <summary>
    /// Imports <paramref name="file"/>, which is at <paramref name="path"/>, and says after each request how far it is (<paramref name="advanced"/>) and for each product that
    /// was refused why (<paramref name="refused"/>). How many were refused, those before a stop included.
    /// </summary>
    /// <exception cref="Cli.NotAnsweredException">The app did not answer for a while; what is done is noted.</exception>
    /// <exception cref="IOException">The file is being imported already, or has changed since an import of it stopped.</exception>
    public async Task<int> RunAsync(string path, StockFile file, Action<int> advanced, Action<StockLine, SetOutcome> refused, CancellationToken cancellationToken)
    {
        using var alone = ImportProgress.Lock(path);
        var progress = ImportProgress.Read(path) ?? new ImportProgress(Guid.CreateVersion7(time.GetUtcNow()), file.Hash, 0, 0);
        if (progress.Hash != file.Hash) throw new IOException($"{path} has changed since its import stopped. Import the file of then, or delete {ImportProgress.PathOf(path)} to begin anew with this one.");
        progress.Write(path);
        advanced(progress.Done);
        var open = new Queue<(StockLine[] Lines, Task<IReadOnlyList<SetOutcome>> Outcomes)>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            foreach (var lines in file.Lines.Skip(progress.Done).Chunk(StockClient.MaxItems))
            {
                if (open.Count == InFlight) await FinishAsync();
                open.Enqueue((lines, stock.SetAsync(lines, "import-" + progress.Id, stop.Token)));
            }

            while (open.Count > 0) await FinishAsync();
        }
        finally
        {
            // What was sent after the failure is set or not; it is sent again.
            await stop.CancelAsync();
            foreach (var (_, outcomes) in open) await Task.WhenAny(outcomes);
        }

        ImportProgress.Delete(path);
        return progress.Refused;

        async Task FinishAsync()
        {
            var (lines, outcomes) = (open.Peek().Lines, await open.Peek().Outcomes);
            open.Dequeue();
            foreach (var (line, outcome) in lines.Zip(outcomes))
                if (!outcome.Success) refused(line, outcome);
            progress = progress with { Done = progress.Done + lines.Length, Refused = progress.Refused + outcomes.Count(outcome => !outcome.Success) };
            progress.Write(path);
            advanced(progress.Done);
        }
    }
}
