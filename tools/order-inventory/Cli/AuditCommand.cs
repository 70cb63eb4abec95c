using System.CommandLine;
using OrderInventory.Auditing;

namespace OrderInventory.Cli;

/// <summary><c>order-inventory audit</c>.</summary>
internal static class AuditCommand
{
    public static Command Create(TextWriter output, TextWriter errors, TimeProvider time, Func<string, string?> environment)
    {
        var settings = new AuditSettings();
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command(
            "audit",
            "Reads a running system over the HTTP APIs of its two apps and checks I1 to I8 as far as these show them; the result says what they do not show, above all what was published. Changes nothing. Exit code 0: nothing is violated, 1: something is, 2: it could not be read.")
        { json };
        settings.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var orderHttp = settings.OrderClient(parsed, environment);
            using var inventoryHttp = settings.InventoryClient(parsed, environment);
            try
            {
                var report = await new Auditor(settings.Reader(parsed, orderHttp, inventoryHttp, time, errors), settings.Options(parsed), time, AuditSettings.Progress(errors, time)).RunAsync(cancellationToken);
                var folders = settings.WriteEvidence(parsed, report);
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
}
