using Dapr.TaskHub.Protos;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Time.Testing;
using static DaprLocal.Tests.Workflows.EngineCalls;

namespace DaprLocal.Tests.Workflows;

/// <summary>What an engine finds in its file when it opens it again.</summary>
public sealed class EngineRestartTests
{
    [Fact]
    public async Task OpenAsync_TimerArmedBefore_FiresOnceWhenDue()
    {
        var path = NewPath();
        var time = new FakeTimeProvider(Noon);
        await using (var host = await EngineAsync(path, time))
        {
            await using var worker = await ScriptedWorker.ConnectAsync(host.TaskHub);
            var start = Start(host, "a", "T");
            await worker.TurnAsync("a");
            await worker.AnswerAsync("a", new WorkflowAction { CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTimeOffset(Noon.AddMinutes(5)) } });
            await start;
        }

        time.Advance(TimeSpan.FromMinutes(2));
        await using var again = await EngineAsync(path, time);
        await using var other = await ScriptedWorker.ConnectAsync(again.TaskHub);
        time.Advance(TimeSpan.FromMinutes(2.5));
        await again.TaskHub.RaiseEventAsync(new RaiseEventRequest { InstanceId = "a", Name = "early" });
        Assert.NotNull((await other.TurnAsync("a")).NewEvents.Single(e => e.EventRaised is not null));
        await other.AnswerAsync("a");
        time.Advance(TimeSpan.FromMinutes(1));
        var turn = await other.TurnAsync("a");
        await other.AnswerAsync("a", ScriptedWorker.Complete(1));

        Assert.Equal(0, turn.NewEvents.Single(e => e.TimerFired is not null).TimerFired.TimerId);
        Assert.Equal(OrchestrationStatus.Completed, (await CompletionAsync(again, "a")).WorkflowStatus);
    }

    [Fact]
    public async Task StartInstance_NoWorkerYet_EverythingIsKeptForIt()
    {
        var path = NewPath();
        Task ended;
        await using (var host = await EngineAsync(path))
        {
            await host.TaskHub.StartInstanceAsync(new CreateInstanceRequest { InstanceId = "a", Name = "T", ScheduledStartTimestamp = Timestamp.FromDateTimeOffset(Noon) });
            await host.TaskHub.RaiseEventAsync(new RaiseEventRequest { InstanceId = "a", Name = "e1" });
            await host.TaskHub.RaiseEventAsync(new RaiseEventRequest { InstanceId = "a", Name = "e2" });
            ended = host.Workflows.TerminateAsync("a", "\"out\"", recursive: true, CancellationToken.None);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ended);

        await using var again = await EngineAsync(path);
        await using var worker = await ScriptedWorker.ConnectAsync(again.TaskHub);
        var turn = await worker.TurnAsync("a");
        await worker.AnswerAsync("a");

        Assert.Equal(1, again.Workflows.ConnectedWorkers);
        Assert.Equal(["WorkflowStarted", "ExecutionStarted", "EventRaised", "EventRaised", "ExecutionTerminated"], turn.NewEvents.Select(e => e.EventTypeCase.ToString()));
        var state = await CompletionAsync(again, "a");
        Assert.Equal((OrchestrationStatus.Terminated, "\"out\""), (state.WorkflowStatus, state.Output));
    }
}
