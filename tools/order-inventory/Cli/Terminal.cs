using Spectre.Console;

namespace OrderInventory.Cli;

/// <summary>Where tables for people are written.</summary>
internal static class Terminal
{
    private const int WidthWhenRedirected = 200;

    /// <summary>A console on <paramref name="output"/>, wide enough where there is no terminal.</summary>
    public static IAnsiConsole On(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Interactive = InteractionSupport.No });
        if (Console.IsOutputRedirected) console.Profile.Width = WidthWhenRedirected;
        return console;
    }

    /// <summary>A console on <paramref name="errors"/> for what moves; where there is no terminal, it writes nothing over.</summary>
    public static IAnsiConsole Live(TextWriter errors) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(errors),
        Ansi = Console.IsErrorRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        Interactive = Console.IsErrorRedirected ? InteractionSupport.No : InteractionSupport.Detect,
    });
}
