using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace OrderInventory.Bench;

/// <summary>Options that more than one command has.</summary>
internal static class Options
{
    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static Option<int> Number(string name, string description, int usual, int most, int least = 1)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (Text(result) is { } text && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most))
                result.AddError($"{name} must be from {least} to {most}.");
        });
        return option;
    }

    /// <summary>A list of prices for dapr-local; null when none is given and <paramref name="usual"/> is.</summary>
    public static Option<string?> Costs(string description, string? usual = null)
    {
        var costs = new Option<string?>("--costs") { Description = description, HelpName = "FILE", DefaultValueFactory = _ => usual };
        costs.Validators.Add(result =>
        {
            if (Text(result) is { } file && !File.Exists(file)) result.AddError($"There is no file '{file}' for --costs; the lists of prices are in proof/costs.");
        });
        return costs;
    }

    /// <summary>The value as it was typed; asking for the parsed one throws when it cannot be parsed.</summary>
    public static string? Text(OptionResult result) => result.Tokens.Count > 0 ? result.Tokens[0].Value : null;
}
