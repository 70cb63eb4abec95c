using System.Collections.Concurrent;

namespace Dapr.Workflow.Worker;

/// <summary>
/// The newest turn received of each instance. Sidecars up to 1.18 match an answer by the instance id alone, so that a repeated answer
/// to an old turn would be taken for the next one: only the newest turn of an instance may be answered.
/// </summary>
internal sealed class TurnLedger
{
    private readonly ConcurrentDictionary<string, long> _newest = new(StringComparer.Ordinal);
    private long _turns;

    /// <summary>Notes a received turn and gives it its number.</summary>
    public long Received(string instanceId) => _newest[instanceId] = Interlocked.Increment(ref _turns);

    /// <summary>Whether no newer turn of the instance was received.</summary>
    public bool IsNewest(string instanceId, long turn) => _newest.TryGetValue(instanceId, out var newest) && newest == turn;

    /// <summary>Forgets the instance, unless a newer turn was received.</summary>
    public void Answered(string instanceId, long turn) => _newest.TryRemove(KeyValuePair.Create(instanceId, turn));
}
