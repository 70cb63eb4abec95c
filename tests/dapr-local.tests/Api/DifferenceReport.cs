using Xunit.Abstractions;

namespace DaprLocal.Tests.Api;

/// <summary>
/// The differences of one recording: a case that differs must be listed in <see cref="Differences"/> with what it answers, and
/// what is listed must differ. The list is part of the test's output.
/// </summary>
internal sealed class DifferenceReport(string file)
{
    private readonly IReadOnlyDictionary<string, KnownDifference> _listed = Differences.Of(file);
    private readonly List<string> _wrong = [];
    private readonly HashSet<string> _played = [];
    private readonly Lock _lock = new();

    /// <summary>True when the case is known to differ.</summary>
    public bool IsListed(string name) => _listed.ContainsKey(name);

    /// <summary>Notes the outcome of a case; <paramref name="difference"/> is null when it is as recorded.</summary>
    public void Add(string name, string? difference)
    {
        lock (_lock)
        {
            _played.Add(name);
            var here = _listed.GetValueOrDefault(name)?.Here;
            if (difference is null && here is not null) _wrong.Add($"{name}: listed as different, but it is not");
            else if (difference is not null && (here is null || !difference.Contains(here, StringComparison.Ordinal))) _wrong.Add($"## {name}: {difference}");
        }
    }

    /// <summary>Fails when the list and the outcomes do not agree.</summary>
    public void Check(ITestOutputHelper output)
    {
        output.WriteLine($"{file}: {_played.Count} cases, {_listed.Count} differ by intent");
        foreach (var (name, difference) in _listed) output.WriteLine($"- {name}: {difference.Reason}; {difference.Here}");
        Assert.True(_wrong.Count == 0, string.Join('\n', _wrong));
        Assert.NotEmpty(_played);
        Assert.Empty(_listed.Keys.Except(_played));
    }
}
