using System.CommandLine;
using System.Globalization;
using OrderInventory.Auditing;

namespace OrderInventory.Cli;

/// <summary><c>order-inventory audit</c>.</summary>
internal static class AuditCommand
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    public static Command Create(TextWriter output, TextWriter errors, TimeProvider time, Func<string, string?> environment)
    {
        var orders = Apps.OrderAddress();
        var inventory = Apps.InventoryAddress();
        var users = new Option<string[]>("--user") { Description = "A user whose orders are read even if inventory knows none of them; may be repeated" };
        var usual = new AuditOptions();
        var settle = Seconds("--settle", "Seconds between the two readings that a finding has to survive", usual.Settle, 0, 600);
        var stuckAfter = Seconds("--stuck-after", "Seconds that an order may be on its way to another status", usual.StuckAfter, 0, 86_400);
        var keys = Seconds("--keys-remembered", "Seconds that a version before groups remembered idempotency keys; the keys of this version never expire", usual.KeysRemembered, 1, 365 * 86_400);
        var patience = Seconds("--patience", "Seconds that an app may not answer until the audit gives up", TimeSpan.FromSeconds(30), 0, 3_600);
        var evidence = new Option<string?>("--evidence") { Description = "Folder for what was read about each finding, a folder for each", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command(
            "audit",
            "Reads a running system over the HTTP APIs of its two apps and checks I1 to I8 as far as these show them; the result says what they do not show, above all what was published. Changes nothing. Exit code 0: nothing is violated, 1: something is, 2: it could not be read.")
        { orders, inventory, users, settle, stuckAfter, keys, patience, evidence, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var orderHttp = Apps.Client(parsed.GetValue(orders)!, environment);
            using var inventoryHttp = Apps.Client(parsed.GetValue(inventory)!, environment);
            var options = new AuditOptions
            {
                Users = parsed.GetValue(users) ?? [],
                Settle = TimeSpan.FromSeconds(parsed.GetValue(settle)),
                StuckAfter = TimeSpan.FromSeconds(parsed.GetValue(stuckAfter)),
                KeysRemembered = TimeSpan.FromSeconds(parsed.GetValue(keys)),
            };
            try
            {
                var report = await new Auditor(new SystemReader(orderHttp, inventoryHttp, TimeSpan.FromSeconds(parsed.GetValue(patience)), time), options, time, Progress(errors, time)).RunAsync(cancellationToken);
                var folders = parsed.GetValue(evidence) is { } folder ? Evidence.Write(folder, report.Findings) : [];
                if (parsed.GetValue(json)) AuditReportText.WriteJson(report, folders, output);
                else AuditReportText.Write(report, folders, output);
                return report.Passed ? 0 : 1;
            }
            catch (Exception error) when (error is UnreadableException or IOException or UnauthorizedAccessException)
            {
                await errors.WriteLineAsync(error.Message);
                return CommandLine.Failed;
            }
        });
        return command;
    }

    private static Action<AuditProgress> Progress(TextWriter errors, TimeProvider time)
    {
        var began = time.GetTimestamp();
        var next = TimeSpan.Zero;
        return progress =>
        {
            if (time.GetElapsedTime(began) < next) return;
            next = time.GetElapsedTime(began) + Beat;
            errors.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"reading {progress.Reading}: {progress.Products:N0} products, {progress.Operations:N0} operations, {progress.Orders:N0} orders, {progress.Suspected:N0} to look at again"));
        };
    }

    private static Option<int> Seconds(string name, string description, TimeSpan usual, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "SECONDS", DefaultValueFactory = _ => (int)usual.TotalSeconds };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !(int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most))
                result.AddError($"{name} must be from {least} to {most} seconds.");
        });
        return option;
    }
}
