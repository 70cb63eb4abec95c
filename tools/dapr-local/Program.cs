using DaprLocal.Cli;
using DaprLocal.Hosting;

using var signals = new StopSignals(TimeProvider.System);
return await new CommandLine(Terminal.ForProcess(), () => Console.In, TimeProvider.System, signals.Stop, signals.Hurry).InvokeAsync(args);
