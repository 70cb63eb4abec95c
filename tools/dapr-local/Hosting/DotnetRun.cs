namespace DaprLocal.Hosting;

/// <summary>
/// A <c>dotnet run</c> command taken apart. A <see cref="IsPlain"/> one is replaced by starting the built assembly itself: the
/// <c>dotnet run</c> process in between would hide the app's exit and delay its signals. One that needs more of <c>dotnet run</c>
/// (a launch profile, a target framework) is kept, with <c>--no-build</c>.
/// </summary>
internal sealed record DotnetRun(string Project, IReadOnlyList<string> BuildOptions, IReadOnlyList<string> AppArguments, bool IsPlain)
{
    private static readonly string[] BuildOptionsWithValue =
        ["-c", "--configuration", "-f", "--framework", "-r", "--runtime", "-a", "--arch", "--os", "-v", "--verbosity"];

    private static readonly string[] RunOptionsWithValue = ["-lp", "--launch-profile", "-e", "--environment"];

    /// <summary>The parts of the command; null when it is not <c>dotnet run</c> of a project.</summary>
    public static DotnetRun? Parse(IReadOnlyList<string> command, string directory)
    {
        if (command is not [var program, "run", ..] || Path.GetFileNameWithoutExtension(program) != "dotnet")
            return null;
        var buildOptions = new List<string>();
        var appArguments = new List<string>();
        var (project, plain, withoutProfile) = (directory, true, false);
        for (var i = 2; i < command.Count; i++)
        {
            var (option, next) = (command[i], i + 1 < command.Count ? command[i + 1] : null);
            if (option == "--" || !option.StartsWith('-'))
            {
                appArguments.AddRange(command.Skip(option == "--" ? i + 1 : i));
                break;
            }
            switch (option)
            {
                case "--no-build" or "--no-restore":
                    break;
                case "--no-launch-profile":
                    withoutProfile = true;
                    break;
                case "--project" when next is not null:
                    project = Path.GetFullPath(next, directory);
                    i++;
                    break;
                case var _ when RunOptionsWithValue.Contains(option):
                    plain = false;
                    i++;
                    break;
                default:
                    plain &= option is "-c" or "--configuration";
                    buildOptions.Add(option);
                    if (next is not null && BuildOptionsWithValue.Contains(option))
                    {
                        buildOptions.Add(next);
                        i++;
                    }
                    break;
            }
        }

        if (Directory.Exists(project))
        {
            string[] files = [.. Directory.EnumerateFiles(project, "*.*proj")];
            if (files.Length != 1)
                return null;
            project = files[0];
        }
        var profile = Path.Combine(Path.GetDirectoryName(project)!, "Properties", "launchSettings.json");
        // `dotnet run` starts a web project in the project's own folder.
        plain &= Path.GetDirectoryName(project) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        return File.Exists(project) ? new DotnetRun(project, buildOptions, appArguments, plain && (withoutProfile || !File.Exists(profile))) : null;
    }

    /// <summary>The original command with <c>--no-build</c> in it.</summary>
    public static IReadOnlyList<string> WithoutBuild(IReadOnlyList<string> command) =>
        command.TakeWhile(part => part != "--").Contains("--no-build") ? command : [command[0], command[1], "--no-build", .. command.Skip(2)];
}
