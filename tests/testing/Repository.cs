namespace OrderInventory.Testing;

/// <summary>Finds files of the repository from the folder a test runs in.</summary>
public static class Repository
{
    private static readonly string[] ProjectFolders = ["src", "tools", "proof", "proof/mutants", "samples", "tests"];

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>The configuration that the caller was built in.</summary>
    public static string Configuration { get; } = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    /// <summary>What a project was built to, in the configuration of the caller; <paramref name="assembly"/> when it is not named like the project.</summary>
    public static string Built(string project, string? assembly = null) => Path.Combine(Folder(project), "bin", Configuration, "net10.0", (assembly ?? project) + ".dll");

    /// <summary>The folder of a project, whichever of the solution's folders it is in.</summary>
    public static string Folder(string project) =>
        ProjectFolders.Select(folder => Path.Combine(Root, folder, project)).First(folder => File.Exists(Path.Combine(folder, project + ".csproj")));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "OrderInventory.sln"))) return folder.FullName;
        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
