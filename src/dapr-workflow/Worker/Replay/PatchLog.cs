using Dapr.TaskHub.Protos;

namespace Dapr.Workflow.Worker.Replay;

/// <summary>Decides and reports the patches of a run. The sidecar stalls an instance whose responses stop reporting a recorded patch.</summary>
internal sealed class PatchLog(WorkflowRequest request, TurnState state)
{
    private readonly Dictionary<string, bool> _decisions = new(StringComparer.Ordinal);
    private readonly List<string> _reported = [];
    private HashSet<string>? _recorded;

    /// <summary>True for patches that earlier turns recorded, and for those first asked for in new code; false where the old code has run already.</summary>
    public bool IsPatched(string name)
    {
        if (!_decisions.TryGetValue(name, out var patched))
        {
            patched = !state.IsReplaying || Recorded().Contains(name);
            _decisions.Add(name, patched);
        }

        // Every evaluation counts, also repeated ones: the sidecar compares the list with the recorded one as a prefix.
        if (patched) _reported.Add(name);
        return patched;
    }

    /// <summary>Reports the evaluations, if there were any.</summary>
    public void WriteTo(WorkflowResponse response)
    {
        if (_reported.Count == 0) return;
        response.Version = new WorkflowVersion();
        response.Version.Patches.AddRange(_reported);
    }

    // Over the whole past at once: after a suspension code runs later than its events, and the record of its patches lies behind them.
    private HashSet<string> Recorded()
    {
        if (_recorded is not null) return _recorded;
        _recorded = new HashSet<string>(StringComparer.Ordinal);
        foreach (var e in request.PastEvents)
        {
            if (e.EventTypeCase == HistoryEvent.EventTypeOneofCase.WorkflowStarted && e.WorkflowStarted.Version is { } version) _recorded.UnionWith(version.Patches);
        }

        return _recorded;
    }
}
