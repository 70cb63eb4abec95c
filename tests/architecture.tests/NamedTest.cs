using System.Text.RegularExpressions;
using OrderInventory.Testing;

namespace OrderInventory.Architecture.Tests;

/// <summary>Tests of any project that a document or a list names.</summary>
internal static class NamedTest
{
    private static readonly Lazy<string[]> Sources = new(() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText),
    ]);

    /// <summary>Whether the class has that test; xUnit's analyzer sees to it that a public method of a test class is one.</summary>
    public static bool Exists(string type, string method) =>
        Sources.Value.Any(source => Regex.IsMatch(source, $@"\bclass {type}\b") && Regex.IsMatch(source, $@"\bpublic (?:async )?(?:Task|void) {method}\("));
}
