using System.CommandLine;
using OrderInventory.Auditing;
using OrderInventory.Bench.Compare;
using OrderInventory.Bench.Growth;
using OrderInventory.Bench.Model;
using OrderInventory.Bench.Orders;
using OrderInventory.Bench.Prove;
using OrderInventory.Bench.Stock;

namespace OrderInventory.Bench;

/// <summary>The commands of bench: results on <paramref name="output"/>, progress on <paramref name="progress"/>.</summary>
internal sealed class CommandLine(TextWriter output, TextWriter progress, TimeProvider time)
{
    private const int NotMeasured = 2;

    // Told to stop, a command stops the processes that it started; that takes as long as an operation in hand.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    /// <summary>Runs a command line; 0: all that was measured is consistent, 1: it is not, 2: it could not be measured. A missed target alone is no failure.</summary>
    public async Task<int> InvokeAsync(IReadOnlyList<string> arguments)
    {
        var root = new RootCommand("Proves and measures the product on this machine")
        {
            ProveCommand.Create(output, progress, time),
            StockCommand.Create(output, progress, time),
            LoadCommand.Create(output, progress, time),
            GrowthCommand.Create(output, progress, time),
            CompareCommand.Create(output, progress, time),
            ModelCommand.Create(output, progress, time),
        };
        try
        {
            // The library's own handler would end with 1, which says that something is violated.
            return await root.Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = progress, ProcessTerminationTimeout = StopLimit, EnableDefaultExceptionHandler = false });
        }
        catch (Exception error) when (error is UnreadableException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            await progress.WriteLineAsync(error.Message);
            return NotMeasured;
        }
        catch (OperationCanceledException)
        {
            return NotMeasured;
        }
    }
}
