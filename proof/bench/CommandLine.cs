using System.CommandLine;
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
    // Told to stop, a command stops the processes that it started; that takes as long as an operation in hand.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    /// <summary>Runs a command line; 0: all that was measured is consistent. A missed target alone is no failure.</summary>
    public Task<int> InvokeAsync(IReadOnlyList<string> arguments) =>
        new RootCommand("Proves and measures the product on this machine")
        {
            ProveCommand.Create(output, progress, time),
            StockCommand.Create(output, progress, time),
            LoadCommand.Create(output, progress, time),
            GrowthCommand.Create(output, progress, time),
            CompareCommand.Create(output, progress, time),
            ModelCommand.Create(output, progress, time),
        }
            .Parse(arguments)
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = progress, ProcessTerminationTimeout = StopLimit });
}
