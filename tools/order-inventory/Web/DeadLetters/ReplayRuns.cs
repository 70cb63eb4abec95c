using System.Text.Json;
using System.Threading.Channels;
using OrderInventory.Cli;

namespace OrderInventory.Web.DeadLetters;

/// <summary>Replays letters of a group one after the other: one run at a time, and the last runs are remembered.</summary>
internal sealed partial class ReplayRuns(LetterLoader letters, LetterActions actions, Operator who, TimeProvider time, ILogger<ReplayRuns> logger) : BackgroundService
{
    /// <summary>Most letters of a run.</summary>
    public const int MaxCount = 100;

    private const int MaxKept = 20;

    // Ten a second: what is wrong once more costs its consumer little, and shows before many were tried.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly List<RunModel> _runs = [];
    private readonly Channel<RunModel> _asked = Channel.CreateBounded<RunModel>(1);
    private int _last;

    /// <summary>What is remembered, newest first.</summary>
    public IReadOnlyList<RunModel> Runs
    {
        get { lock (_lock) return [.. Enumerable.Reverse(_runs)]; }
    }

    /// <summary>Begins a run, unless one goes on: then nothing is done, and the number is of that one.</summary>
    public (int Number, bool IsNew) Begin(string group, int count)
    {
        lock (_lock)
        {
            if (_runs.LastOrDefault() is { Ended: null } active) return (active.Number, false);
            var run = new RunModel(++_last, group, Math.Clamp(count, 1, MaxCount), who.Name, time.GetUtcNow(), null, null, null);
            _runs.Add(run);
            if (_runs.Count > MaxKept) _runs.RemoveAt(0);
            // There is room: whatever was asked for before has ended.
            _asked.Writer.TryWrite(run);
            Log.Began(logger, who.Name, run.Number, run.Count, group);
            return (run.Number, true);
        }
    }

    /// <summary>A run, its letters as they are now where they are among the newest; null when it is not remembered.</summary>
    public async Task<RunModel?> LoadAsync(int number, CancellationToken cancellationToken)
    {
        RunModel? run;
        lock (_lock) run = _runs.Find(known => known.Number == number);
        if (run?.Items is not { Count: > 0 } items) return run;
        try
        {
            var now = await letters.NewestAsync(items[0].Kept.App, cancellationToken);
            return run with { Items = [.. items.Select(item => item with { Kept = item.Kept with { Letter = now.GetValueOrDefault(item.Kept.Letter.Id) ?? item.Kept.Letter } })] };
        }
        catch (Exception error) when (error is NotAnsweredException or UnauthorizedAccessException)
        {
            // The page says that the app does not answer; what was read before is still worth showing.
            return run;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var run in _asked.Reader.ReadAllAsync(stoppingToken))
        {
            string? problem;
            try
            {
                problem = await RunAsync(run, stoppingToken);
            }
            catch (Exception error) when (error is NotAnsweredException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
            {
                problem = error.Message;
            }

            Change(run.Number, known => known with { Ended = time.GetUtcNow(), Problem = problem });
        }
    }

    /// <summary>Replays them; null when all were tried, or why not.</summary>
    private async Task<string?> RunAsync(RunModel run, CancellationToken cancellationToken)
    {
        var found = await letters.OldestOfAsync(run.Group, run.Count, cancellationToken);
        Change(run.Number, known => known with { Items = [.. found.Select(kept => new RunItem(kept, null))] });
        for (var i = 0; i < found.Count; i++)
        {
            if (i > 0) await Task.Delay(Pace, time, cancellationToken);
            var place = i;
            var outcome = await actions.ReplayAsync(found[i].App, found[i].Letter.Id, cancellationToken);
            Change(run.Number, known => known with { Items = [.. known.Items!.Select((item, at) => at != place ? item : new RunItem(item.Kept with { Letter = outcome.Now ?? item.Kept.Letter }, outcome))] });
            if (!outcome.IsKnown || !outcome.IsAllowed) return $"The rest was not tried: {outcome.Refusal}";
        }

        return null;
    }

    private void Change(int number, Func<RunModel, RunModel> change)
    {
        lock (_lock)
            if (_runs.FindIndex(known => known.Number == number) is var place and >= 0) _runs[place] = change(_runs[place]);
    }

    private static partial class Log
    {
        [LoggerMessage(102, LogLevel.Information, "{Who} began run {Number}: up to {Count} dead letters of group {Group} are replayed")]
        public static partial void Began(ILogger logger, string who, int number, int count, string group);
    }
}
