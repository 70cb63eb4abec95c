using System.CommandLine;
using OrderInventory.DeadLetters;
using OrderInventory.Stock;
using OrderInventory.Web;

namespace OrderInventory.Cli;

/// <summary>The command line <c>order-inventory</c>: results on <paramref name="output"/>, progress and errors on <paramref name="errors"/>.</summary>
internal sealed class CommandLine(TextWriter output, TextWriter errors, TimeProvider time, Func<string, string?> environment)
{
    /// <summary>The exit code of a command that could not do what it was asked for.</summary>
    public const int Failed = 2;

    /// <summary>Runs a command line.</summary>
    public async Task<int> InvokeAsync(IReadOnlyList<string> arguments)
    {
        var parsed = new RootCommand("Tools for whoever runs OrderInventory") { AuditCommand.Create(output, errors, time, environment), ConsoleCommand.Create(output, errors, time, environment), DeadLettersCommand.Create(output, errors, environment), RepairCommand.Create(output, errors, time, environment), StockCommand.Create(output, errors, time, environment) }.Parse(arguments);
        var code = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = errors });
        return parsed.Errors.Count > 0 ? Failed : code;
    }
}
