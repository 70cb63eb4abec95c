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
    /// <summary>Program and arguments of each app, in order; empty for an app that someone else starts.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> PrepareAsync(IReadOnlyList<AppPlan> apps, CancellationToken ct)
    {
        var runs = apps.Select(app => DotnetRun.Parse(app.App.Command, app.App.AppDirectory)).ToArray();
        var assemblies = new Dictionary<string, string>(StringComparer.Ordinal);
        var together = apps.Zip(runs).Where(pair => pair.Second is not null).GroupBy(pair => string.Join(' ', pair.Second!.BuildOptions));
        foreach (var group in together)
            await BuildAsync([.. group.Select(pair => pair.First.App.AppId)], [.. group.Select(pair => pair.Second!)], assemblies, ct);
        return [.. apps.Zip(runs).Select(pair => pair.Second is { } run ? Command(pair.First, run, assemblies) : pair.First.App.Command)];
    }

    private static IReadOnlyList<string> Command(AppPlan app, DotnetRun run, Dictionary<string, string> assemblies) => run.IsPlain
        ? [SelfCommand.DotnetPath, assemblies[run.Project], .. run.AppArguments]
        : DotnetRun.WithoutBuild(app.App.Command);

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
}
