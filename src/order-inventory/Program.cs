using System.CommandLine;
using OrderInventory.DeadLetters;

return await new RootCommand("Tools for whoever runs OrderInventory") { DeadLettersCommand.Create(Console.Out, Console.Error, Environment.GetEnvironmentVariable) }.Parse(args).InvokeAsync();
