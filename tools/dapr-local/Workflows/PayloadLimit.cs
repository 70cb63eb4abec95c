using System.Globalization;
using Dapr.TaskHub.Protos;

namespace DaprLocal.Workflows;

/// <summary>
/// What may be sent to a worker: items beyond 95 % of the largest message (<paramref name="maxMessage"/>, bytes) would break
/// its stream again and again, so the run stalls instead, until a sidecar with a larger limit has it.
/// </summary>
internal sealed class PayloadLimit(int maxMessage)
{
    private readonly int _limit = (int)(maxMessage * 95L / 100);

    /// <summary>Why the turn cannot be sent, or null.</summary>
    public string? Problem(RunState state, IReadOnlyList<HistoryEvent> newEvents)
    {
        // The verdict itself does not count: it would be another one each time it is tried again.
        var size = state.Bytes + newEvents.Sum(e => (long)e.CalculateSize()) - (state.Stalled is null ? 0 : state.Events[^1].CalculateSize());
        return size > _limit ? Text("Workflow", size) : null;
    }

    /// <summary>Why an activity that the response schedules cannot be sent, or null.</summary>
    public string? Problem(WorkflowResponse response)
    {
        foreach (var action in response.Actions)
        {
            if (action.ScheduleTask is { Input.Length: > 0 } task && task.CalculateSize() is var size && size > _limit) return Text("Activity", size);
        }

        return null;
    }

    private string Text(string what, long size) => string.Create(
        CultureInfo.InvariantCulture, $"{what} payload size {size} bytes exceeds 95% of max gRPC body size {maxMessage} bytes; increase daprd --max-body-size and restart to resume");
}
