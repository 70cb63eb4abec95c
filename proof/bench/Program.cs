using OrderInventory.Bench;

return await new CommandLine(Console.Out, Console.Error, TimeProvider.System).InvokeAsync(args);
