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
            if (_isClosed) watch.Cancel();
        }

        return watch;
    }

    /// <summary>Cancels every wait, and those that come later.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var watch in _watches.Values.SelectMany(list => list)) watch.Cancel();
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
        foreach (var watch in Of(instanceId)) watch.Fail(error);
    }

    private Watch[] Of(string instanceId)
    {
        lock (_gate) return _watches.TryGetValue(instanceId, out var list) ? [.. list] : [];
    }

    private void Remove(Watch watch)
    {
        lock (_gate)
        {
            if (!_watches.TryGetValue(watch.InstanceId, out var list)) return;
            list.Remove(watch);
            if (list.Count == 0) _watches.Remove(watch.InstanceId);
        }
    }

    /// <summary>One wait.</summary>
    internal sealed class Watch(InstanceWatchers owner, string instanceId, Func<OrchestrationStatus, bool> condition) : IDisposable
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The instance watched.</summary>
        public string InstanceId => instanceId;

        /// <summary>Ends when the condition has been met.</summary>
        public Task Met => _done.Task;

        /// <summary>Tries the condition.</summary>
        public void Try(OrchestrationStatus status)
        {
            if (condition(status)) _done.TrySetResult();
        }

        /// <summary>Ends the wait with an error.</summary>
        public void Fail(Exception error) => _done.TrySetException(error);

        /// <summary>Ends the wait without an outcome.</summary>
        public void Cancel() => _done.TrySetCanceled();

        /// <summary>Stops watching.</summary>
        public void Dispose() => owner.Remove(this);
    }
}
