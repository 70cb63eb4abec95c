using Dapr.TaskHub.Protos;

namespace DaprLocal.Workflows;

/// <summary>One row of the inbox: an event that waits for a turn. <paramref name="First"/> rows belong to the start of a run.</summary>
internal readonly record struct InboxRow(long Sequence, string ExecutionId, bool First, HistoryEvent Event);

/// <summary>
/// What the next turn is about: <paramref name="NewEvents"/> for the worker (empty: there is no turn to make), the inbox rows
/// it uses up, and whether rows stay behind for the turn after it.
/// </summary>
internal sealed record TurnPlan(IReadOnlyList<HistoryEvent> NewEvents, IReadOnlyList<long> Consumed, bool More)
{
    /// <summary>
    /// Chooses from the inbox, in order of arrival. Rows of another run, second starts, and resolutions of work that this
    /// run did not create or that is resolved already are used up without being shown to the worker.
    /// </summary>
    public static TurnPlan Make(RunState state, IReadOnlyList<InboxRow> inbox, bool inboxHasMore, DateTimeOffset now)
    {
        // A run that was continued as new brings its own WorkflowStarted, and its first turn holds what was carried over only.
        var continued = inbox.Count > 0 && inbox[0].Event.WorkflowStarted is not null;
        var events = new List<HistoryEvent>(inbox.Count + 1);
        var consumed = new List<long>(inbox.Count);
        var resolved = new HashSet<Resolution>();
        var started = state.Started is not null;
        var more = inboxHasMore;
        if (!continued) events.Add(Events.WorkflowStarted(now));
        foreach (var row in inbox)
        {
            if (continued && !row.First)
            {
                more = true;
                break;
            }

            consumed.Add(row.Sequence);
            if (row.ExecutionId != state.ExecutionId) continue;
            if (Resolution.ResolvedBy(row.Event) is { } work && (!state.IsOpen(work) || !resolved.Add(work))) continue;
            if (row.Event.ExecutionStarted is not null)
            {
                if (started) continue;
                started = true;
            }

            events.Add(row.Event);
        }

        var anything = started && state.Completed is null && events.Count > 1;
        return new TurnPlan(anything ? events : [], consumed, more);
    }
}
