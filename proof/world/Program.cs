using DaprLocal.Config;
using OrderInventory.Proof.Cli;

// Everything runs on the one thread of the pool; this thread only waits for it.
try
{
    return await Task.Run(() => new CommandLine(Console.Out, Console.IsErrorRedirected ? TextWriter.Null : Console.Error, TimeProvider.System).InvokeAsync(args));
}
catch (ConfigurationException error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 2;
}
