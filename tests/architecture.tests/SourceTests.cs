using System.Text.RegularExpressions;
using OrderInventory.Testing;

namespace OrderInventory.Architecture.Tests;

public sealed partial class SourceTests
{
    private static readonly string[] Folders = ["src", "tools", "proof", "samples"];

    // Files that may be longer, with the reason.
    private static readonly Dictionary<string, int> LongFiles = [];

    [Fact]
    public void Files_AreShort()
    {
        var tooLong = Sources()
            .Select(file => (File: Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > LongFiles.GetValueOrDefault(file.File, 400));

        Assert.Empty(tooLong);
    }

    [Fact]
    public void LogEvents_OfAProject_HaveUniqueIds()
    {
        foreach (var project in Folders.SelectMany(folder => Directory.EnumerateDirectories(Path.Combine(Repository.Root, folder))))
        {
            var ids = Sources(project).SelectMany(file => EventId().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).ToArray();
            Assert.Equal(ids.Distinct().Order(), ids.Order());
        }
    }

    [GeneratedRegex(@"\[LoggerMessage\((?:EventId = )?(\d+)")]
    private static partial Regex EventId();

    private static IEnumerable<string> Sources() => Folders.SelectMany(folder => Sources(Path.Combine(Repository.Root, folder)));

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));
}
