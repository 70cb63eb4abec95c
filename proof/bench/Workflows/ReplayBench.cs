using System.Globalization;
using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;
using Dapr.Workflow;
using Dapr.Workflow.Worker.Replay;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;

namespace OrderInventory.Bench.Workflows;

/// <summary>Turns over histories of different lengths, without a sidecar: the workflow code is run anew and fed every event.</summary>
internal sealed class ReplayBench(TextWriter progress, TimeProvider time)
{
    private const string Activity = "A";
    private const string Name = "W";
    private static readonly int[] Lengths = [2, 100, 1_000, 5_000, 10_000];
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(1);
    private static readonly Timestamp Then = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch);

    private readonly JsonDaprSerializer _serializer = new();
    private readonly WorkflowRuntimeOptions _options = new();

    public async Task<IReadOnlyList<ReplayRow>> RunAsync(CancellationToken cancellationToken)
    {
        _options.RegisterWorkflow<int, int>(Name, async (context, activities) =>
        {
            var sum = 0;
            for (var i = 0; i < activities; i++) sum += await context.CallActivityAsync<int>(Activity, i);
            return sum;
        });
        var rows = new List<ReplayRow>();
        foreach (var length in Lengths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"replay of {length} events"));
            rows.Add(Measure(length));
        }

        return rows;
    }

    // The best of many turns: what else the machine did meanwhile is not the library's cost.
    private ReplayRow Measure(int length)
    {
        var request = Request(length);
        var events = request.PastEvents.Count + request.NewEvents.Count;
        var best = TimeSpan.MaxValue;
        for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < Measured;)
        {
            var turn = time.GetTimestamp();
            Run(request);
            var took = time.GetElapsedTime(turn);
            if (took < best) best = took;
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(request);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return new ReplayRow(events, Math.Round(best.TotalMicroseconds, 1), Math.Round(events / best.TotalSeconds), bytes / events);
    }

    // What a workflow leaves that has run a third as many activities, one after the other, and has its last result.
    private WorkflowRequest Request(int length)
    {
        var activities = length / 3;
        var request = new WorkflowRequest { InstanceId = "i" };
        var started = new ExecutionStartedEvent { Name = Name, Input = _serializer.Serialize(activities), WorkflowInstance = new WorkflowInstance { InstanceId = "i", ExecutionId = "e" } };
        request.PastEvents.Add(Event(e => e.WorkflowStarted = new WorkflowStartedEvent()));
        request.PastEvents.Add(Event(e => e.ExecutionStarted = started));
        for (var i = 0; i < activities; i++)
        {
            request.PastEvents.Add(Event(e => e.TaskScheduled = new TaskScheduledEvent { Name = Activity }, i));
            request.PastEvents.Add(Event(e => e.WorkflowStarted = new WorkflowStartedEvent()));
            request.PastEvents.Add(Event(e => e.TaskCompleted = new TaskCompletedEvent { TaskScheduledId = i, Result = "1" }));
        }

        request.NewEvents.Add(request.PastEvents[^1]);
        request.PastEvents.RemoveAt(request.PastEvents.Count - 1);
        return request;
    }

    private void Run(WorkflowRequest request)
    {
        var response = ReplayTurn.Run(request, (string name, out TaskFailureDetails? failure) => _options.Registry.CreateWorkflow(name, NoServices.Instance, out failure), _serializer, NullLoggerFactory.Instance);
        if (response.Actions is not [{ CompleteWorkflow.WorkflowStatus: OrchestrationStatus.Completed }]) throw new InvalidOperationException("The replayed workflow did not complete.");
    }

    private static HistoryEvent Event(Action<HistoryEvent> fill, int id = -1)
    {
        var e = new HistoryEvent { EventId = id, Timestamp = Then };
        fill(e);
        return e;
    }

    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(System.Type serviceType) => null;
    }
}
