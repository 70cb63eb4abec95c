using System.CommandLine;
using OrderInventory.Auditing;
using OrderInventory.Repairing;

namespace OrderInventory.Cli;

/// <summary><c>order-inventory repair</c>.</summary>
internal static class RepairCommand
{
    private static readonly TimeSpan UsualAge = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(30);

    public static Command Create(TextWriter output, TextWriter errors, TimeProvider time, Func<string, string?> environment)
    {
        var settings = new AuditSettings();
        var sidecar = SidecarAddress();
        var apply = new Option<bool>("--apply") { Description = "Do it; without this the command changes nothing and says what it would do" };
        var olderThan = AuditSettings.Seconds("--older-than", "Seconds that units must have been held until they are given back: an order that is being placed may not show yet", UsualAge, 0, 365 * 86_400);
        var wait = AuditSettings.Seconds("--wait", "Seconds that the effect of a message is waited for", UsualWait, 0, 3_600);
        var tell = new Option<string[]>("--tell") { Description = "Instead: publish again what order-app published of these orders, with the same ids", HelpName = "ORDER", AllowMultipleArgumentsPerToken = true };
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command(
            "repair",
            "Audits a running system and says the remedy of each finding that has one: what inventory holds and no order owns is given back. Changes nothing without --apply. Exit code 0: nothing to repair, or all is repaired, 1: something remains, 2: something could not be read or asked.")
        { apply, sidecar, olderThan, wait, tell, json };
        settings.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var orderHttp = settings.OrderClient(parsed, environment);
            using var inventoryHttp = settings.InventoryClient(parsed, environment);
            using var sidecarHttp = Sidecar.Client(parsed.GetValue(sidecar)!, environment);
            var system = settings.Reader(parsed, orderHttp, inventoryHttp, time, errors);
            var (publisher, age) = (new Sidecar(sidecarHttp), TimeSpan.FromSeconds(parsed.GetValue(olderThan)));
            try
            {
                if (parsed.GetValue(tell) is { Length: > 0 } orders) return await TellCommand.RunAsync(system, publisher, orders, parsed.GetValue(apply), output, cancellationToken);
                var auditor = new Auditor(system, settings.Options(parsed), time, AuditSettings.Progress(errors, time));
                var report = await new Repair(auditor, new Repairer(system, publisher, age, TimeSpan.FromSeconds(parsed.GetValue(wait)), time), age, time).RunAsync(parsed.GetValue(apply), cancellationToken);
                settings.WriteEvidence(parsed, report.Audit);
                if (parsed.GetValue(json)) RepairReportText.WriteJson(report, output);
                else RepairReportText.Write(report, parsed.GetValue(apply), output);
                if (report.Problem is { } problem) await errors.WriteLineAsync(problem);
                return report.Code;
            }
            catch (Exception error) when (error is UnreadableException or NotAnsweredException or IOException or UnauthorizedAccessException)
            {
                await errors.WriteLineAsync(error.Message);
                return CommandLine.Failed;
            }
        });
        return command;
    }

    private static Option<Uri> SidecarAddress() => Apps.Address("--sidecar", $"Address of order-app's sidecar, which publishes; its token is in {Sidecar.TokenVariable}", Apps.SidecarAddress);
}
