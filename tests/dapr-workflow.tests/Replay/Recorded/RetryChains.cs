using Dapr.TaskHub.Protos;
using Dapr.Workflow;

namespace DaprWorkflow.Tests.Replay.Recorded;

/// <summary>
/// The calls with retries in a recorded run: an activity or a child, then timers that name it and the same call again.
/// The code makes such a call once; the rest is for the library to do.
/// </summary>
internal sealed class RetryChains
{
    private readonly Dictionary<int, (int First, List<TimeSpan> Delays)> _chains = [];
    private readonly Dictionary<string, int> _open = [];
    private readonly HashSet<int> _timers = [];
    private readonly Dictionary<int, int> _last = [];

    /// <summary>Finds the calls with retries.</summary>
    public RetryChains(IEnumerable<RecordedTurn> turns)
    {
        var known = new Dictionary<string, int>();
        foreach (var turn in turns)
        {
            var began = new Dictionary<string, int>();
            foreach (var action in turn.Meant?.Actions ?? [])
            {
                var call = action.ScheduleTask is { } task ? $"activity {task.TaskExecutionId}" : action.CreateChildWorkflow is { } child ? $"child {child.InstanceId}" : null;
                var retried = action.CreateTimer?.ActivityRetry is { } again ? $"activity {again.TaskExecutionId}" : action.CreateTimer?.ChildWorkflowRetry is { } anew ? $"child {anew.InstanceId}" : null;
                if (call is not null && _open.Remove(call, out var first)) Continue(first, action.Id);
                else if (call is not null) began[call] = action.Id;
                if (retried is not null && known.TryGetValue(retried, out first)) Delay(retried, first, action, turn);
            }

            foreach (var (call, id) in began) known[call] = id;
        }
    }

    /// <summary>Whether the library and not the code asks for the action.</summary>
    public bool IsRepetition(int id) => _timers.Contains(id) || (_chains.TryGetValue(id, out var chain) && chain.First != id);

    /// <summary>Whether the event is the end of a delay between two attempts.</summary>
    public bool IsRetryTimer(HistoryEvent e) => e.TimerFired is { } fired && _timers.Contains(fired.TimerId);

    /// <summary>The id of the call whose end the end of this attempt is; null when another attempt follows.</summary>
    public int? EndedBy(int id) => !_chains.TryGetValue(id, out var chain) ? id : _last[chain.First] == id ? chain.First : null;

    /// <summary>The policy of a call; null when it was not repeated.</summary>
    public WorkflowRetryPolicy? Policy(int id)
    {
        if (!_chains.TryGetValue(id, out var chain) || chain.First != id) return null;
        var (first, second) = (chain.Delays[0], chain.Delays.ElementAtOrDefault(1));

        // Half a tick more, because the policy rounds down.
        return new WorkflowRetryPolicy(chain.Delays.Count + 1, first, second == default ? 1 : Math.Max(1, (second.Ticks + 0.5) / first.Ticks));
    }

    private void Delay(string call, int first, WorkflowAction timer, RecordedTurn turn)
    {
        if (!_chains.TryGetValue(first, out var chain)) _chains.Add(first, chain = (first, []));
        chain.Delays.Add(timer.CreateTimer.FireAt.ToDateTime() - turn.Request.NewEvents.Last(e => e.WorkflowStarted is not null).Timestamp.ToDateTime());
        _timers.Add(timer.Id);
        _open[call] = first;
        _last[first] = -1;
    }

    private void Continue(int first, int id)
    {
        _chains[id] = _chains[first];
        _last[first] = id;
    }
}
