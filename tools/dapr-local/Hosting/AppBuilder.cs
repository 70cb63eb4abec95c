using System.Globalization;
using System.Xml.Linq;

namespace DaprLocal.Hosting;

/// <summary>
/// Turns the <c>command</c> of each app into what is really started. Apps run with <c>dotnet run</c> are built first, in one MSBuild run,
/// because builds of their own would meet in the <c>obj</c> folders of the projects they share; then the built assemblies are started.
/// Building is harmless to the running dapr-local: it runs from its own output folder, which no app's build writes to.
/// </summary>
internal sealed class AppBuilder(Terminal terminal, TimeProvider time)
{
    private static readonly TimeSpan BeforeSecondTry = TimeSpan.FromSeconds(3);

    // What MSBuild and the compiler say when someone else (an IDE, `dotnet test`) builds the same projects at this moment.
    private static readonly string[] Collisions = ["being used by another process", "MSB3021", "MSB3026", "MSB3027", "CS2012"];

    /// <summary>Program and arguments of each app, in order; empty for an app that someone else starts.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> PrepareAsync(IReadOnlyList<AppPlan> apps, bool build, CancellationToken ct)
    {
        var runs = apps.Select(app => DotnetRun.Parse(app.App.Command, app.App.AppDirectory)).ToArray();
        var assemblies = new Dictionary<string, string>(StringComparer.Ordinal);
        if (build)
        {
            var together = apps.Zip(runs).Where(pair => pair.Second is not null).GroupBy(pair => string.Join(' ', pair.Second!.BuildOptions));
            foreach (var group in together)
                await BuildAsync([.. group.Select(pair => pair.First.App.AppId)], [.. group.Select(pair => pair.Second!)], assemblies, ct);
        }

        var commands = new List<IReadOnlyList<string>>();
        foreach (var (app, run) in apps.Zip(runs))
            commands.Add(run is null ? app.App.Command : await CommandAsync(app, run, assemblies, ct));
        return commands;
    }

    private async Task<IReadOnlyList<string>> CommandAsync(AppPlan app, DotnetRun run, Dictionary<string, string> assemblies, CancellationToken ct)
    {
        if (!run.IsPlain)
            return DotnetRun.WithoutBuild(app.App.Command);
        var assembly = assemblies.GetValueOrDefault(run.Project) ?? await FindAssemblyAsync(run, app.App.AppDirectory, ct);
        if (assembly is null || !File.Exists(assembly))
            throw new UserException($"app '{app.App.AppId}' is not built ({assembly ?? run.Project} is missing); run without --no-build");
        return [SelfCommand.DotnetPath, assembly, .. run.AppArguments];
    }

    private async Task BuildAsync(string[] appIds, DotnetRun[] runs, Dictionary<string, string> assemblies, CancellationToken ct)
    {
        var names = string.Join(", ", appIds);
        terminal.Line($"building {names} …");
        var began = time.GetTimestamp();
        var folder = Directory.CreateTempSubdirectory("dapr-local-build-").FullName;
        try
        {
            var (project, built) = (Path.Combine(folder, "apps.proj"), Path.Combine(folder, "built.txt"));
            Together(runs, built).Save(project);
            string[] arguments = ["build", project, "--nologo", "--disable-build-servers", "-tl:off", "-v", "quiet", "-clp:NoSummary", .. runs[0].BuildOptions];
            // From a project's folder, so that its global.json chooses the SDK.
            var directory = Path.GetDirectoryName(runs[0].Project)!;
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
                throw new UserException($"{names}: the build failed:{Environment.NewLine}{string.Join(Environment.NewLine, errors.Length > 0 ? errors : lines)}");
            }
            foreach (var pair in (await File.ReadAllLinesAsync(built, ct)).Select(line => line.Split('|')))
                assemblies[pair[0]] = pair[1];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"built {names} in {time.GetElapsedTime(began).TotalSeconds:0.0} s"));
    }

    // A project that restores and builds the others and writes "project|assembly" lines.
    private static XDocument Together(DotnetRun[] runs, string built) => new(new XElement(
        "Project",
        new XAttribute("DefaultTargets", "Build"),
        new XElement("ItemGroup", runs.Select(run => new XElement("App", new XAttribute("Include", run.Project)))),
        new XElement("Target", new XAttribute("Name", "Restore"),
            new XElement("MSBuild", new XAttribute("Projects", "@(App)"), new XAttribute("Targets", "Restore"))),
        new XElement("Target", new XAttribute("Name", "Build"),
            new XElement("MSBuild", new XAttribute("Projects", "@(App)"), new XAttribute("Targets", "Build"), new XAttribute("BuildInParallel", "true"),
                new XElement("Output", new XAttribute("TaskParameter", "TargetOutputs"), new XAttribute("ItemName", "Built"))),
            new XElement("WriteLinesToFile", new XAttribute("File", built), new XAttribute("Lines", "@(Built->'%(MSBuildSourceProjectFile)|%(FullPath)')"), new XAttribute("Overwrite", "true")))));

    private async Task<string?> FindAssemblyAsync(DotnetRun run, string directory, CancellationToken ct)
    {
        var configuration = run.BuildOptions is [_, var name, ..] ? new[] { $"-p:Configuration={name}" } : [];
        var (exitCode, lines) = await DotnetTool.RunAsync(
            directory, ["msbuild", run.Project, "-nologo", "-getProperty:TargetPath", .. configuration], time, ct);
        return exitCode == 0 ? lines.LastOrDefault(line => line.Length > 0)?.Trim() : null;
    }
}
