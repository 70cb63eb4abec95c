using Dapr.TaskHub.Protos;

namespace Dapr.Workflow.Worker;

/// <summary>
/// The activities that this process runs now. After a reconnect the sidecar sends again what it sent on the old stream;
/// such a copy joins the run that is on its way instead of starting a second one beside it.
/// </summary>
internal sealed class InFlightActivities
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string InstanceId, int TaskId, string Key), Run> _runs = [];

    /// <summary>The run to perform for a delivered item; null when one for the same call is on its way and will answer for this item too.</summary>
    public Run? Begin(ActivityRequest request, string token)
    {
        var key = (request.WorkflowInstance?.InstanceId ?? "", request.TaskId, request.TaskExecutionId);
        lock (_lock)
        {
            if (_runs.TryGetValue(key, out var running))
            {
                running.Token = token;
                running.Deliveries++;
                return null;
            }

            var run = new Run(key, token);
            _runs.Add(key, run);
            return run;
        }
    }

    /// <summary>The token to answer with, and how many deliveries that answer covers.</summary>
    public (string Token, int Deliveries) Current(Run run)
    {
        lock (_lock) return (run.Token, run.Deliveries);
    }

    /// <summary>Ends the run, unless another copy was delivered since: then the answer has to be given again.</summary>
    public bool TryEnd(Run run, int covered)
    {
        lock (_lock) return run.Deliveries == covered && _runs.Remove(run.Key);
    }

    /// <summary>Forgets the run without an answer.</summary>
    public void Abandon(Run run)
    {
        lock (_lock) _runs.Remove(run.Key);
    }

    /// <summary>One run of an activity.</summary>
    internal sealed class Run((string InstanceId, int TaskId, string Key) key, string token)
    {
        public (string InstanceId, int TaskId, string Key) Key { get; } = key;

        public string Token { get; set; } = token;

        public int Deliveries { get; set; } = 1;
    }
}
