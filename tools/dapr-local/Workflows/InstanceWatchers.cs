using Dapr.TaskHub.Protos;

namespace DaprLocal.Workflows;

/// <summary>Callers that wait for a status. The condition is tried on every commit, so a status that lasts one turn is not missed.</summary>
internal sealed class InstanceWatchers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Watch>> _watches = [];
    private bool _isClosed;

    /// <summary>Starts to watch; dispose the result.</summary>
    public Watch Add(string instanceId, Func<OrchestrationStatus, bool> condition)
    {
        var watch = new Watch(this, instanceId, condition);
        lock (_gate)
        {
            if (!_watches.TryGetValue(instanceId, out var list)) _watches.Add(instanceId, list = []);
            list.Add(watch);
            if (_isClosed) watch.Done.TrySetCanceled();
        }

        return watch;
    }

    /// <summary>Cancels every wait, and those that come later.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var watch in _watches.Values.SelectMany(list => list)) watch.Done.TrySetCanceled();
        }
    }

    /// <summary>Tells that the instance has this status now.</summary>
    public void Notify(string instanceId, OrchestrationStatus status)
    {
        foreach (var watch in Of(instanceId)) watch.Try(status);
    }

    /// <summary>Ends every wait for the instance with an error.</summary>
    public void Fail(string instanceId, Exception error)
    {
        foreach (var watch in Of(instanceId)) watch.Done.TrySetException(error);
    }

    private Watch[] Of(string instanceId)
    {
        lock (_gate) return _watches.TryGetValue(instanceId, out var list) ? [.. list] : [];
    }

    /// <summary>One wait.</summary>
    internal sealed class Watch(InstanceWatchers owner, string instanceId, Func<OrchestrationStatus, bool> condition) : IDisposable
    {
        /// <summary>Ends when the condition has been met.</summary>
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Tries the condition.</summary>
        public void Try(OrchestrationStatus status)
        {
            if (condition(status)) Done.TrySetResult();
        }

        /// <summary>Stops watching.</summary>
        public void Dispose()
        {
            lock (owner._gate)
            {
                var list = owner._watches[instanceId];
                list.Remove(this);
                if (list.Count == 0) owner._watches.Remove(instanceId);
            }
        }
    }
}
