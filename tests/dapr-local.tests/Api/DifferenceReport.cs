using DaprLocal.Tests.PubSub;
using Xunit.Abstractions;

namespace DaprLocal.Tests.Api;

/// <summary>
/// The differences of one recording: a case that differs must be listed in <see cref="Differences"/>, and what is listed
/// must differ. The list with its reasons is part of the test's output.
/// </summary>
internal sealed class DifferenceReport(string file)
{
    private readonly IReadOnlyDictionary<string, string> _listed = Differences.Of(file);
    private readonly List<string> _wrong = [];
    private int _played;

    /// <summary>Notes the outcome of a case; <paramref name="difference"/> is null when it is as recorded.</summary>
    public void Add(string name, string? difference)
    {
        _played++;
        var isListed = _listed.ContainsKey(name);
        if (difference is not null && !isListed) _wrong.Add($"{name}: {difference}");
        if (difference is null && isListed) _wrong.Add($"{name}: listed as different, but it is not");
    }

    /// <summary>Fails when the list and the outcomes do not agree.</summary>
    public void Check(ITestOutputHelper output)
    {
        output.WriteLine($"{file}: {_played} cases, {_listed.Count} differ by intent");
        foreach (var (name, reason) in _listed) output.WriteLine($"- {name}: {reason}");
        foreach (var (name, reason) in Differences.Members) output.WriteLine($"- metadata, {name}: {reason}");
        Assert.True(_wrong.Count == 0, string.Join('\n', _wrong));
    }
}
