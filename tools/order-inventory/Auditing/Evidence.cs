using System.Globalization;

namespace OrderInventory.Auditing;

/// <summary>Writes what the audit read about each finding: a folder for each, with the documents of both readings.</summary>
internal static class Evidence
{
    private const int MaxName = 150;

    /// <summary>Writes to <paramref name="folder"/> and returns the folder of each finding.</summary>
    public static IReadOnlyList<string> Write(string folder, IReadOnlyList<AuditFinding> findings) => [.. findings.Select((finding, i) => Write(folder, i + 1, finding))];

    private static string Write(string folder, int number, AuditFinding finding)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number:0000}-{finding.Finding.Invariant}"))).FullName;
        File.WriteAllText(Path.Combine(own, "finding.txt"), $"{finding.Finding}\n{string.Join('\n', finding.Finding.Ids)}\n");
        Write(Path.Combine(own, "first"), finding.First);
        Write(Path.Combine(own, "second"), finding.Second);
        return own;
    }

    private static void Write(string folder, IReadOnlyDictionary<string, string> documents)
    {
        Directory.CreateDirectory(folder);
        var number = 0;
        foreach (var (name, json) in documents)
        {
            // An escaped id can be longer than a file's name may be.
            var file = string.Create(CultureInfo.InvariantCulture, $"{++number}-{name[..Math.Min(name.Length, MaxName)].Replace('/', '-')}.json");
            File.WriteAllText(Path.Combine(folder, file), json);
        }
    }
}
