using OrderInventory.Testing;

namespace DaprWorkflow.Tests.Replay.Recorded;

/// <summary>Every recorded work item, given to the library: it answers as the recorder did, but for the listed differences.</summary>
public class RecordedWorkTests
{
    private static readonly string[] Files =
    [
        "activities", "basics", "children", "configurations", "continue-as-new", "crash", "events", "http", "limits",
        "purge-list-rerun", "sdk-python", "sidecar-down", "start", "storage", "suspend-terminate", "timers", "versions", "worker",
    ];

    // Counted in the JSON: items, and answers to them; one that was given again counts again, one to an item that was not recorded is a stray.
    [Theory]
    [InlineData("activities", 15, 38, 24, 62, 10)]
    [InlineData("basics", 22, 25, 0, 25, 0)]
    [InlineData("children", 13, 49, 0, 49, 0)]
    [InlineData("configurations", 6, 17, 4, 21, 0)]
    [InlineData("continue-as-new", 13, 42, 7, 49, 0)]
    [InlineData("crash", 10, 27, 7, 27, 0)]
    [InlineData("events", 14, 39, 2, 41, 0)]
    [InlineData("http", 13, 56, 0, 56, 0)]
    [InlineData("limits", 8, 12, 1, 14, 0)]
    [InlineData("purge-list-rerun", 22, 68, 15, 83, 0)]
    [InlineData("sdk-python", 25, 76, 23, 99, 0)]
    [InlineData("sidecar-down", 5, 7, 0, 7, 0)]
    [InlineData("start", 21, 68, 18, 86, 0)]
    [InlineData("storage", 7, 18, 4, 22, 0)]
    [InlineData("suspend-terminate", 16, 54, 4, 58, 0)]
    [InlineData("timers", 8, 21, 3, 24, 0)]
    [InlineData("versions", 5, 10, 4, 14, 0)]
    [InlineData("worker", 18, 35, 13, 51, 6)]
    public async Task Runners_RecordedItems_GiveTheRecordedAnswers(string file, int cases, int turns, int activities, int answers, int strays)
    {
        var recorded = Recordings.Read(file);
        var wrong = new List<string>();
        foreach (var @case in recorded)
        {
            var differences = (await RecordedPlayer.PlayAsync(@case)).Where(difference => !RecordingDifferences.Everywhere.Any(entry => entry.Covers(file, difference))).ToList();
            var differs = string.Join(", ", differences.Select(difference => difference.Label).Distinct().Order(StringComparer.Ordinal));
            if (differs != (RecordingDifferences.Cases.GetValueOrDefault(@case.Name).Differs ?? "")) wrong.Add($"## {@case.Name} differs in '{differs}':\n{string.Join('\n', differences)}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal((cases, turns, activities), (recorded.Count, Items(recorded, @case => @case.Turns.Select(turn => turn.Item)), Items(recorded, @case => @case.Activities.Select(activity => activity.Item))));
        Assert.Equal(
            (answers, strays),
            (recorded.Sum(@case => @case.Turns.Count(turn => turn.Answer is not null) + @case.Activities.Count(activity => activity.Answer is not null)), recorded.Sum(@case => @case.Strays)));
    }

    [Fact]
    public async Task Differences_AllRecordings_AreFoundThere()
    {
        var cases = Files.SelectMany(Recordings.Read).ToList();
        Assert.Equal(241, cases.DistinctBy(@case => @case.Name).Count());
        Assert.Empty(RecordingDifferences.Cases.Keys.Except(cases.Select(@case => @case.Name)));

        var open = RecordingDifferences.Everywhere.ToList();
        foreach (var @case in cases)
        {
            var differences = await RecordedPlayer.PlayAsync(@case);
            open.RemoveAll(entry => differences.Any(difference => entry.Covers(@case.File, difference)));
        }

        Assert.Empty(open.Select(entry => entry.What));
    }

    [Fact]
    public void Document_DifferencesFromTheRecordedAnswers_ListsThemAll()
    {
        Assert.Null(DocumentTable.Difference("docs/compatibility.md", "recorded-everywhere", ["what", "reason"], RecordingDifferences.Everywhere.Select(entry => (string[])[entry.What, entry.Reason])));
        Assert.Null(DocumentTable.Difference("docs/compatibility.md", "recorded-cases", ["case", "differs", "reason"], RecordingDifferences.Cases.Select(entry => (string[])[entry.Key, entry.Value.Differs, entry.Value.Reason])));
    }

    private static int Items(IEnumerable<RecordedCase> cases, Func<RecordedCase, IEnumerable<object>> items) => cases.SelectMany(items).Distinct(ReferenceEqualityComparer.Instance).Count();
}
