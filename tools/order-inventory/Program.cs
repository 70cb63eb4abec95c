using OrderInventory.Cli;

return await new CommandLine(Console.Out, Console.Error, TimeProvider.System, Environment.GetEnvironmentVariable).InvokeAsync(args);
