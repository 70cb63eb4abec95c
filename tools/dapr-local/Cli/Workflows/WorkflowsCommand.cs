using System.CommandLine;
using System.Text.Json.Nodes;
using Dapr.TaskHub.Protos;
using DaprLocal.Hosting;
using Google.Protobuf;

namespace DaprLocal.Cli.Workflows;

/// <summary>
/// <c>workflows</c>: looks into the workflows of a running sidecar. Tables for people, with <c>--json</c> one JSON value for
/// machines. Exit code 0 is success, 2 an instance that does not exist, 1 everything else.
/// </summary>
internal sealed class WorkflowsCommand(Terminal terminal, Option<string?> file, TimeProvider time, CancellationToken stop)
{
    private const int NotFound = 2;
    private const int MaxLimit = 1_000;

    private readonly Option<int?> _port = new("--dapr-grpc-port") { Description = "gRPC port of the sidecar (default: the one in the run file)", HelpName = "PORT" };
    private readonly Option<string?> _app = new("--app-id") { Description = "App of the run file whose sidecar is asked (default: the first)", HelpName = "ID" };
    private readonly Option<bool> _json = new("--json") { Description = "Write JSON" };
    private readonly Option<string?> _after = new("--after") { Description = "Go on behind a page: the token that it ended with", HelpName = "TOKEN" };
    private readonly Option<int> _limit = new("--limit") { Description = $"At most so many rows (1 to {MaxLimit})", HelpName = "N", DefaultValueFactory = _ => 50 };
    private readonly Argument<string> _id = new("ID") { Description = "Instance id" };

    /// <summary>The command with its subcommands.</summary>
    public Command Build()
    {
        _limit.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var limit) || limit is < 1 or > MaxLimit)) result.AddError($"--limit must be a number from 1 to {MaxLimit}");
        });
        return new Command("workflows", "Look into the workflows of a running sidecar")
        {
            Sub("list", "List instances, oldest first", ListAsync, _after, _limit),
            Sub("show", "Show one instance with its input and output", ShowAsync, _id),
            Sub("history", "Show the newest events of one instance", HistoryAsync, _id, _limit),
            Sub("purge", "Remove an instance that is over, with its children", PurgeAsync, _id),
        };
    }

    private Command Sub(string name, string description, Func<WorkflowsClient, ParseResult, Task<int>> run, params ReadOnlySpan<Symbol> own)
    {
        var command = new Command(name, description) { file, _app, _port, _json };
        foreach (var symbol in own)
        {
            if (symbol is Argument argument) command.Add(argument);
            else command.Add((Option)symbol);
        }

        command.SetAction(async (parsed, _) =>
        {
            var address = SidecarAddress.Find(parsed.GetValue(_port), parsed.GetValue(file), parsed.GetValue(_app), Environment.GetEnvironmentVariable);
            using var client = new WorkflowsClient(address, time, stop);
            return await run(client, parsed);
        });
        return command;
    }

    private async Task<int> ListAsync(WorkflowsClient client, ParseResult parsed)
    {
        var (instances, next) = await client.ListAsync(parsed.GetValue(_after), parsed.GetValue(_limit));
        if (parsed.GetValue(_json)) return Write(new JsonObject { ["instances"] = new JsonArray([.. instances.Select(WorkflowJson.Of)]), ["next"] = next });
        terminal.Draw(WorkflowTables.List(instances));
        if (next is not null) terminal.Line($"there are more: --after {next}");
        return 0;
    }

    private async Task<int> ShowAsync(WorkflowsClient client, ParseResult parsed)
    {
        if (await client.GetAsync(parsed.GetRequiredValue(_id), withPayloads: true) is not { } instance) return Missing(parsed);
        if (parsed.GetValue(_json)) return Write(WorkflowJson.Of(instance));
        terminal.Draw(WorkflowTables.One(instance));
        return 0;
    }

    private async Task<int> HistoryAsync(WorkflowsClient client, ParseResult parsed)
    {
        if (await client.HistoryAsync(parsed.GetRequiredValue(_id)) is not { } events) return Missing(parsed);
        var skipped = Math.Max(0, events.Count - parsed.GetValue(_limit));
        HistoryEvent[] shown = [.. events.Skip(skipped)];
        if (parsed.GetValue(_json)) return Write(new JsonObject { ["skipped"] = skipped, ["events"] = new JsonArray([.. shown.Select(e => JsonNode.Parse(JsonFormatter.Default.Format(e)))]) });
        if (skipped > 0) terminal.Line($"{skipped} older events are left out; --limit shows more");
        terminal.Draw(WorkflowTables.History(shown, skipped));
        return 0;
    }

    private async Task<int> PurgeAsync(WorkflowsClient client, ParseResult parsed)
    {
        if (await client.PurgeAsync(parsed.GetRequiredValue(_id)) is not { } count) return Missing(parsed);
        if (parsed.GetValue(_json)) return Write(new JsonObject { ["purged"] = count });
        terminal.Line($"purged {count} {(count == 1 ? "instance" : "instances")}");
        return 0;
    }

    private int Write(JsonObject json)
    {
        terminal.Line(WorkflowJson.Text(json));
        return 0;
    }

    private int Missing(ParseResult parsed)
    {
        terminal.Error($"there is no instance '{parsed.GetRequiredValue(_id)}'");
        return NotFound;
    }
}
