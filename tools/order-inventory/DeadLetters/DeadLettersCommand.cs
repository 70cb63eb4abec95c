using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OrderInventory.Cli;
using OrderInventory.Web;
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
        var open = new Option<bool>("--open") { Description = "Only those that nobody has dealt with" };
        var all = new Option<bool>("--all") { Description = "Every open letter that the filters leave, oldest first" };
        var topic = new Option<string>("--topic") { Description = "Only those of this topic" };
        var key = new Option<string>("--key") { Description = "Only those of this partition key" };
        var reason = new Option<string>("--reason") { Description = "Only those whose reason contains this text" };
        var because = new Option<string>("--because") { Description = "Why they do not matter; the letters keep it", HelpName = "TEXT" };
        var unreadable = new Option<bool>("--unreadable") { Description = "Only those that cannot be replayed" };
        Symbol[] filters = [topic, key, reason, unreadable];

        LetterFilter Filter(ParseResult parsed) => new(parsed.GetValue(topic), parsed.GetValue(key), parsed.GetValue(reason), parsed.GetValue(unreadable));

        // Either the ids that are given, or with --all those that the filters leave.
        async Task<int> DoManyAsync(string action, ParseResult parsed, DeadLetterClient[] apps, CancellationToken stopping)
        {
            var (isAll, ids, filter) = (parsed.GetValue(all), parsed.GetValue(some)!, Filter(parsed));
            var mistake = isAll != (ids.Length == 0) ? "Give either ids or --all."
                : !isAll && !filter.IsEmpty ? "A filter goes with --all."
                : isAll && action == "dismiss" && filter.IsEmpty ? "Give a filter with --all, to say which letters do not matter."
                : null;
            if (mistake is null) return await DoAsync(apps, Do(action, parsed.GetValue(because)), isAll ? await OpenAsync(apps, filter, stopping) : ids, parsed.GetValue(json), output, errors, stopping);
            await errors.WriteLineAsync(mistake);
            return Failed;
        }

        Command Build(string name, string description, Func<ParseResult, DeadLetterClient[], CancellationToken, Task<int>> run, params Symbol[] symbols)
        {
            var command = new Command(name, description);
            foreach (var symbol in symbols)
                if (symbol is Option option) command.Add(option);
                else command.Add((Argument)symbol);
            command.SetAction(async (parsed, cancellationToken) =>
            {
                using var orderApp = Apps.Client(parsed.GetValue(orders)!, environment);
                using var inventoryApp = Apps.Client(parsed.GetValue(inventory)!, environment);
                try
                {
                    return await run(parsed, [Client(orderApp), Client(inventoryApp)], cancellationToken);
                }
                catch (NotAnsweredException error)
                {
                    await errors.WriteLineAsync($"{error.Message} The same command again goes on from here.");
                    return Failed;
                }
                catch (UnauthorizedAccessException error)
                {
                    await errors.WriteLineAsync($"{error.Message} Set {Apps.TokenVariable} to a token with the operator scope, or without authentication run this on the machine of the app.");
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
            Build("list", "Lists them, newest first", (parsed, apps, stopping) => ListAsync(apps, parsed.GetValue(open), Filter(parsed), parsed.GetValue(json), output, stopping), [open, .. filters]),
            Build("show", "Shows one with what it says", (parsed, apps, stopping) => ShowAsync(apps, parsed.GetValue(id)!, output, errors, stopping), id),
            Build("replay", "Publishes letters again, with the same id, key and data; those of one key in their order", (parsed, apps, stopping) => DoManyAsync("replay", parsed, apps, stopping), [some, all, .. filters]),
            Build("dismiss", "Decides that letters do not matter", (parsed, apps, stopping) => DoManyAsync("dismiss", parsed, apps, stopping), [some, all, because, .. filters]),
        };
    }

    // Named by its address, as it was given. A page of large letters may take a while, and nobody looks at an empty browser meanwhile.
    private static DeadLetterClient Client(HttpClient http) => new(new AppClient(http.BaseAddress!.ToString(), http, TimeProvider.System, http.Timeout));

    private static Func<DeadLetterClient, string, CancellationToken, Task<LetterAnswer?>> Do(string action, string? because) =>
        action == "replay" ? (app, id, stopping) => app.ReplayAsync(id, stopping) : (app, id, stopping) => app.DismissAsync(id, because, stopping);

    private static async Task<int> ListAsync(DeadLetterClient[] apps, bool openOnly, LetterFilter filter, bool json, TextWriter output, CancellationToken stopping)
    {
        var table = new Table().AddColumns("id", "topic", "event", "key", "status", "recorded", "replays", "reason");
        foreach (var app in apps)
            await foreach (var letter in app.ListAsync(stopping))
            {
                if ((openOnly && letter.Status != Letter.Open) || !filter.Takes(letter)) continue;
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

    /// <summary>The ids of all open letters that are meant, the oldest of each app first: so those of one key come in their order.</summary>
    private static async Task<IReadOnlyList<string>> OpenAsync(DeadLetterClient[] apps, LetterFilter filter, CancellationToken stopping)
    {
        var ids = new List<string>();
        foreach (var app in apps)
            await foreach (var letter in app.ListAsync(stopping))
                if (letter.Status == Letter.Open && filter.Takes(letter)) ids.Add(letter.Id);
        ids.Reverse();
        return [.. ids.Distinct()];
    }

    private static async Task<int> DoAsync(DeadLetterClient[] apps, Func<DeadLetterClient, string, CancellationToken, Task<LetterAnswer?>> action, IReadOnlyList<string> ids, bool json, TextWriter output, TextWriter errors, CancellationToken stopping)
    {
        var code = 0;
        foreach (var id in ids)
        {
            LetterAnswer? answer = null;
            foreach (var app in apps) answer ??= await action(app, id, stopping);
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
