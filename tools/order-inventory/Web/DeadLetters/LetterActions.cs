using System.Text.Json;
using OrderInventory.Cli;
using OrderInventory.DeadLetters;

namespace OrderInventory.Web.DeadLetters;

/// <summary>Replays and dismisses letters, reads again what came of it, and logs who it was. Each action is idempotent.</summary>
internal sealed partial class LetterActions(LetterLoader letters, Operator who, TimeProvider time, ILogger<LetterActions> logger)
{
    private const int MaxNotes = 50;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, LetterOutcome> _notes = [];
    private int _last;

    /// <summary>Publishes a letter again.</summary>
    public Task<LetterOutcome> ReplayAsync(string app, string id, CancellationToken cancellationToken) => DoAsync("replay", app, id, client => client.ReplayAsync(id, cancellationToken), cancellationToken);

    /// <summary>Decides that a letter does not matter.</summary>
    public Task<LetterOutcome> DismissAsync(string app, string id, string? reason, CancellationToken cancellationToken) => string.IsNullOrWhiteSpace(reason)
        ? Task.FromResult(new LetterOutcome(id, "dismiss", who.Name, time.GetUtcNow(), "Say why it does not matter.", true, null, null))
        : DismissForAsync(app, id, reason.Trim(), cancellationToken);

    private async Task<LetterOutcome> DismissForAsync(string app, string id, string reason, CancellationToken cancellationToken)
    {
        var outcome = await DoAsync("dismiss", app, id, client => client.DismissAsync(id, reason, cancellationToken), cancellationToken);
        return outcome.Now?.Dismissal is { } dismissal && dismissal.Reason != reason ? outcome with { Before = dismissal } : outcome;
    }

    /// <summary>Remembers what came of an action, for the page that it leads to; the last ones are kept.</summary>
    public int Note(LetterOutcome outcome)
    {
        lock (_lock)
        {
            _notes[++_last] = outcome;
            _notes.Remove(_last - MaxNotes);
            return _last;
        }
    }

    /// <summary>What was remembered under this number about this letter; null for nothing.</summary>
    public LetterOutcome? Noted(string? number, string id)
    {
        lock (_lock) return int.TryParse(number, out var note) && _notes.TryGetValue(note, out var outcome) && outcome.Id == id ? outcome : null;
    }

    private async Task<LetterOutcome> DoAsync(string action, string app, string id, Func<DeadLetterClient, Task<LetterAnswer?>> send, CancellationToken cancellationToken)
    {
        var (refusal, isKnown, isAllowed, earlier, now) = ((string?)null, true, true, (string?)null, (Letter?)null);
        if (letters.Apps.FirstOrDefault(client => client.App == app) is not { } asked)
        {
            refusal = "There is no such app.";
        }
        else
        {
            try
            {
                var answer = await send(asked);
                (refusal, earlier) = answer switch
                {
                    null => ($"{app} has no dead letter of this id.", null),
                    { Letter: null } => ($"{answer.Message} ({answer.Code})", answer.Earlier),
                    _ => (null, null),
                };
                now = (await asked.ReadAsync(id, cancellationToken))?.Letter;
            }
            catch (UnauthorizedAccessException error)
            {
                (refusal, isAllowed) = ($"{error.Message} The console needs a token with the operator scope in {Cli.Apps.TokenVariable}.", false);
            }
            catch (Exception error) when (error is NotAnsweredException or JsonException or KeyNotFoundException)
            {
                // It may have been done in spite of this; the same again tells, and is safe.
                (refusal, isKnown) = ($"{error.Message} The same again is safe.", false);
            }
        }

        Log.Acted(logger, who.Name, action, id, app, refusal ?? $"it is {now?.Status}");
        return new LetterOutcome(id, action, who.Name, time.GetUtcNow(), refusal, isKnown, earlier, now) { IsAllowed = isAllowed };
    }

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Information, "{Who} asked to {Action} dead letter {Id} of {App}: {Outcome}")]
        public static partial void Acted(ILogger logger, string who, string action, string id, string app, string outcome);
    }
}
