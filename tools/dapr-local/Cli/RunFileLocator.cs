using DaprLocal.Hosting;

namespace DaprLocal.Cli;

/// <summary>Finds the run file and the data folder that belongs to it.</summary>
internal static class RunFileLocator
{
    private const string DefaultName = "dapr.local.yaml";

    /// <summary>The file given, or <c>dapr.local.yaml</c> in the working directory or the nearest one above it.</summary>
    public static string Find(string? given)
    {
        if (given is not null)
        {
            var full = Path.GetFullPath(given);
            return File.Exists(full) || Directory.Exists(full) ? full : throw new UserException($"run file {full} does not exist");
        }
        for (var directory = new DirectoryInfo(Environment.CurrentDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, DefaultName);
            if (File.Exists(candidate))
                return candidate;
        }
        throw new UserException($"no {DefaultName} in {Environment.CurrentDirectory} or above it; name a run file with -f FILE");
    }

    /// <summary>The folder given, or <c>.dapr-local</c> beside the run file.</summary>
    public static string DataFolder(string? given, string runFile) =>
        Path.GetFullPath(given ?? Path.Combine(Directory.Exists(runFile) ? runFile : Path.GetDirectoryName(runFile)!, ".dapr-local"));
}
