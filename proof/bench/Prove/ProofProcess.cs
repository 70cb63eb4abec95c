using System.Diagnostics;
using System.Text.Json;
using OrderInventory.Testing;

namespace OrderInventory.Bench.Prove;

/// <summary>Runs the proof (proof/world), or the one with the mutants, as a process of its own: all its code shares one thread.</summary>
internal static class ProofProcess
{
    /// <summary>Runs it and hands over each line; ends when it has ended.</summary>
    /// <exception cref="InvalidOperationException">It broke down.</exception>
    public static async Task RunAsync(string project, IEnumerable<string> arguments, Action<ProofLine> onLine, CancellationToken cancellationToken)
    {
        // Its temporary files are here, so that nothing of them stays when it is killed.
        var folder = Directory.CreateTempSubdirectory("oi-prove-").FullName;
        try
        {
            using var process = Process.Start(new ProcessStartInfo("dotnet", [Repository.Built(project, "world"), .. arguments, "--json"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["TMPDIR"] = folder },
            })!;
            await using var end = cancellationToken.Register(() => process.Kill());
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line) onLine(JsonSerializer.Deserialize(line, ProveJson.Default.ProofLine)!);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            // 0: nothing is violated; 1: something is, and the lines say so.
            if (process.ExitCode is not (0 or 1)) throw new InvalidOperationException($"The proof broke down ({process.ExitCode}): {await errors}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
