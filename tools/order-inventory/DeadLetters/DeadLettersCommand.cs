using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OrderInventory.Cli;
using Spectre.Console;

namespace OrderInventory.DeadLetters;

/// <summary><c>order-inventory deadletters</c>: the dead letters of both apps.</summary>
internal static class DeadLettersCommand
{
    private const int Refused = 1;
    private const int Failed = 2;
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Results go to <paramref name="output"/>, errors to <paramref name="errors"/>.</summary>
    public static Command Create(TextWriter output, TextWriter errors, Func<string, string?> environment)
    {
        var orders = Apps.OrderAddress();
        var inventory = Apps.InventoryAddress();
        var json = new Option<bool>("--json") { Description = "Write JSON, a letter a line", Recursive = true };
        var id = new Argument<string>("ID") { Description = "Id of the letter" };
        var some = new Argument<string[]>("ID") { Description = "Ids of letters", Arity = ArgumentArity.ZeroOrMore };
        var one = new Argument<string[]>("ID") { Description = "Ids of letters", Arity = ArgumentArity.OneOrMore };
        var open = new Option<bool>("--open") { Description = "Only those that nobody has dealt with" };
        var all = new Option<bool>("--all") { Description = "Every open letter, oldest first" };

        Command Build(string name, string description, Func<ParseResult, DeadLetterClient[], CancellationToken, Task<int>> run, params Symbol[] symbols)
        {
            var command = new Command(name, description);
            foreach (var symbol in symbols)
                if (symbol is Option option) command.Add(option);
                else command.Add((Argument)symbol);
            command.SetAction(async (parsed, cancellationToken) =>
            {
                using var orderApp = new DeadLetterClient(Apps.Client(parsed.GetValue(orders)!, environment));
                using var inventoryApp = new DeadLetterClient(Apps.Client(parsed.GetValue(inventory)!, environment));
                try
                {
                    return await run(parsed, [orderApp, inventoryApp], cancellationToken);
                }
                catch (NotAnsweredException error)
                {
                    await errors.WriteLineAsync(error.Message);
                    return Failed;
                }
            });
            return command;
        }

        return new Command("deadletters", "Messages that could not be handled. Exit code 0: done, 1: something was refused, 2: an app could not be asked; the same command again goes on.")
        {
            orders,
            inventory,
            json,
            Build("list", "Lists them, newest first", (parsed, apps, stopping) => ListAsync(apps, parsed.GetValue(open), parsed.GetValue(json), output, stopping), open),
            Build("show", "Shows one with what it says", (parsed, apps, stopping) => ShowAsync(apps, parsed.GetValue(id)!, output, errors, stopping), id),
            Build(
                "replay",
                "Publishes letters again, with the same id, key and data; those of one key in their order",
                async (parsed, apps, stopping) =>
                {
                    if (parsed.GetValue(all) != (parsed.GetValue(some)!.Length == 0))
                    {
                        await errors.WriteLineAsync("Give either ids or --all.");
                        return Failed;
                    }

                    var ids = parsed.GetValue(all) ? await OpenAsync(apps, stopping) : parsed.GetValue(some)!;
                    return await DoAsync(apps, "replay", ids, parsed.GetValue(json), output, errors, stopping);
                },
                some,
                all),
            Build("dismiss", "Decides that letters do not matter", (parsed, apps, stopping) => DoAsync(apps, "dismiss", parsed.GetValue(one)!, parsed.GetValue(json), output, errors, stopping), one),
        };
    }

    private static async Task<int> ListAsync(DeadLetterClient[] apps, bool openOnly, bool json, TextWriter output, CancellationToken stopping)
    {
        var table = new Table().AddColumns("id", "topic", "event", "key", "status", "recorded", "replays", "reason");
        foreach (var app in apps)
            await foreach (var letter in app.ListAsync(stopping))
            {
                if (openOnly && letter.Status != "OPEN") continue;
                if (json) await output.WriteLineAsync(JsonSerializer.Serialize(letter, Json));
                else
                    table.AddRow(
                        new[] { letter.Id, letter.Topic, letter.EventId ?? "", letter.Key ?? "", letter.Status, letter.RecordedTime.ToString("u", CultureInfo.InvariantCulture), letter.Replays.ToString(CultureInfo.InvariantCulture), letter.Reason ?? "" }
                            .Select(Markup.Escape).ToArray());
            }

        if (json) return 0;
        Terminal.On(output).Write(table);
        return 0;
    }

    private static async Task<int> ShowAsync(DeadLetterClient[] apps, string id, TextWriter output, TextWriter errors, CancellationToken stopping)
    {
        foreach (var app in apps)
            if (await app.ShowAsync(id, stopping) is { } letter)
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(letter, Indented));
                return 0;
            }

        await errors.WriteLineAsync($"There is no dead letter {id}.");
        return Refused;
    }

    /// <summary>The ids of all open letters, the oldest of each app first: so those of one key come in their order.</summary>
    private static async Task<IReadOnlyList<string>> OpenAsync(DeadLetterClient[] apps, CancellationToken stopping)
    {
        var ids = new List<string>();
        foreach (var app in apps)
            await foreach (var letter in app.ListAsync(stopping))
                if (letter.Status == "OPEN") ids.Add(letter.Id);
        ids.Reverse();
        return [.. ids.Distinct()];
    }

    private static async Task<int> DoAsync(DeadLetterClient[] apps, string action, IReadOnlyList<string> ids, bool json, TextWriter output, TextWriter errors, CancellationToken stopping)
    {
        var code = 0;
        foreach (var id in ids)
        {
            LetterAnswer? answer = null;
            foreach (var app in apps) answer ??= await app.DoAsync(id, action, stopping);
            if (answer?.Letter is { } letter)
            {
                await output.WriteLineAsync(json ? JsonSerializer.Serialize(letter, Json) : $"{id} is {letter.Status}");
                continue;
            }

            code = Refused;
            await errors.WriteLineAsync(answer is null ? $"There is no dead letter {id}." : $"{id}: {answer.Message} ({answer.Code})");
        }

        return code;
    }
}
