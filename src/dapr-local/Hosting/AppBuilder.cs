using System.Globalization;

namespace DaprLocal.Hosting;

/// <summary>
/// Turns the <c>command</c> of an app into what is really started. Apps run with <c>dotnet run</c> are built first, strictly one after
/// another, because their builds share the <c>obj</c> folders of the projects they have in common; then the built assembly is started.
/// Building is harmless to the running dapr-local: it runs from its own output folder, which no app's build writes to.
/// </summary>
internal sealed class AppBuilder(Terminal terminal, TimeProvider time)
{
    private static readonly TimeSpan BeforeSecondTry = TimeSpan.FromSeconds(3);

    // What MSBuild and the compiler say when someone else (an IDE, `dotnet test`) builds the same projects at this moment.
    private static readonly string[] Collisions = ["being used by another process", "MSB3021", "MSB3026", "MSB3027", "CS2012"];

    /// <summary>Program and arguments of the app.</summary>
    public async Task<IReadOnlyList<string>> PrepareAsync(string appId, IReadOnlyList<string> command, string directory, bool build, CancellationToken ct)
    {
        if (DotnetRun.Parse(command, directory) is not { } run)
            return command;
        if (build)
            await BuildAsync(appId, run, directory, ct);
        if (!run.IsPlain)
            return DotnetRun.WithoutBuild(command);

        var assembly = await FindAssemblyAsync(run, directory, ct);
        if (assembly is null || !File.Exists(assembly))
            throw new UserException($"app '{appId}' is not built ({assembly ?? run.Project} is missing); run without --no-build");
        return [SelfCommand.DotnetPath, assembly, .. run.AppArguments];
    }

    private async Task BuildAsync(string appId, DotnetRun run, string directory, CancellationToken ct)
    {
        terminal.Line("building ", $"{appId} ({Path.GetFileName(run.Project)}) …");
        var began = time.GetTimestamp();
        string[] arguments = ["build", run.Project, "--nologo", "--disable-build-servers", "-tl:off", "-v", "quiet", "-clp:NoSummary", .. run.BuildOptions];
        var (exitCode, lines) = await DotnetTool.RunAsync(directory, arguments, time, ct);
        if (exitCode != 0 && lines.Any(line => Collisions.Any(sign => line.Contains(sign, StringComparison.Ordinal))))
        {
            terminal.Note("another build holds files of this one; trying once more");
            await Task.Delay(BeforeSecondTry, time, ct);
            (exitCode, lines) = await DotnetTool.RunAsync(directory, arguments, time, ct);
        }
        if (exitCode != 0)
        {
            var errors = lines.Where(line => line.Contains("error ", StringComparison.Ordinal)).Distinct().ToArray();
            throw new UserException($"app '{appId}' does not build:{Environment.NewLine}{string.Join(Environment.NewLine, errors.Length > 0 ? errors : lines)}");
        }
        terminal.Line("built ", string.Create(CultureInfo.InvariantCulture, $"{appId} in {time.GetElapsedTime(began).TotalSeconds:0.0} s"));
    }

    private async Task<string?> FindAssemblyAsync(DotnetRun run, string directory, CancellationToken ct)
    {
        var configuration = run.BuildOptions is [_, var name, ..] ? new[] { $"-p:Configuration={name}" } : [];
        var (exitCode, lines) = await DotnetTool.RunAsync(
            directory, ["msbuild", run.Project, "-nologo", "-getProperty:TargetPath", .. configuration], time, ct);
        return exitCode == 0 ? lines.LastOrDefault(line => line.Length > 0)?.Trim() : null;
    }
}
