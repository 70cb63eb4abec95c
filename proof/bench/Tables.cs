using System.Globalization;
using Spectre.Console;

namespace OrderInventory.Bench;

/// <summary>Where tables for people are written.</summary>
internal static class Tables
{
    private const int WidthWhenRedirected = 140;

    /// <summary>A column of numbers.</summary>
    public static TableColumn Right(string header) => new TableColumn(header).RightAligned();

    /// <summary>A number with as many digits as mean something.</summary>
    public static string Number(double value) => value.ToString(value >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture);

    /// <summary>A console on <paramref name="output"/>, wide enough where there is no terminal.</summary>
    public static IAnsiConsole On(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Interactive = InteractionSupport.No });
        if (Console.IsOutputRedirected) console.Profile.Width = WidthWhenRedirected;
        return console;
    }
}
