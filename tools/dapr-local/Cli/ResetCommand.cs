using DaprLocal.Hosting;

namespace DaprLocal.Cli;

/// <summary><c>reset</c>: deletes the data folder, after asking.</summary>
internal sealed class ResetCommand(Terminal terminal, TextReader input)
{
    /// <summary>0 when the folder is gone, 1 when it was left alone.</summary>
    public int Execute(string? file, string? data, bool yes)
    {
        // A folder given by name needs no run file.
        var folder = data is not null ? Path.GetFullPath(data) : RunFileLocator.DataFolder(null, RunFileLocator.Find(file));
        if (!Directory.Exists(folder))
        {
            terminal.Line($"{folder} does not exist; there is nothing to reset");
            return 0;
        }
        if (!yes)
        {
            terminal.Line($"This deletes {folder} with all orders, stock and messages in it. Continue? [y/N]");
            if (input.ReadLine()?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
            {
                terminal.Line("left as it is");
                return 1;
            }
        }
        DataFolder.Delete(folder);
        terminal.Line($"{folder} is deleted");
        return 0;
    }
}
