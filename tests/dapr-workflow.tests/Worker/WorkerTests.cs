using System.Collections.Concurrent;
using System.Diagnostics;
using Dapr.TaskHub.Protos;
using Dapr.Workflow;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace DaprWorkflow.Tests.Worker;

public class WorkerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Item_OfEachKind_IsAnsweredWithItsToken()
    {
        await using var app = await App.StartAsync(o =>
        {
            o.RegisterWorkflow<string, string>("Hi", async (context, input) => await context.CallActivityAsync<string>("Greet", input));
            o.RegisterActivity<string, string>("greet", (context, input) => Task.FromResult($"{context.Identifier.Name}:{context.InstanceId}:{context.TaskExecutionKey}:{input}"));
        });
        var stream = await app.Sidecar.NextStreamAsync();

        await stream.WriteAsync(App.Turn("HI", token: "t1", input: "\"you\""));
        var turn = await App.NextAsync(app.Sidecar.Turns);
        Assert.Equal(("i", "t1", "Greet", "\"you\""), (turn.InstanceId, turn.CompletionToken, turn.Actions[0].ScheduleTask.Name, turn.Actions[0].ScheduleTask.Input));

        await stream.WriteAsync(App.Activity("GREET", 3, "\"you\"", "t2"));
        var activity = await App.NextAsync(app.Sidecar.Activities);
        Assert.Equal(("i", 3, "t2", "\"GREET:i:k:you\""), (activity.InstanceId, activity.TaskId, activity.CompletionToken, activity.Result));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_Ends_IsReopenedAndWorkInHandIsStillAnswered(bool orderly)
    {
        var release = new TaskCompletionSource<string>();
        var runs = 0;
        await using var app = await App.StartAsync(o => o.RegisterActivity<object?, string>("Slow", (_, _) =>
        {
            Interlocked.Increment(ref runs);
            return release.Task;
        }));
        var first = await app.Sidecar.NextStreamAsync();
        await first.WriteAsync(App.Activity("Slow", token: "old"));
        await WaitUntil(() => runs == 1);
        app.Sidecar.End(first, orderly);

        // The sidecar sends the work again on the new stream: it joins the run in hand and gets its answer.
        var second = await app.Sidecar.NextStreamAsync();
        await second.WriteAsync(App.Activity("Slow", token: "new"));
        await second.WriteAsync(App.Activity("Unknown", 1, key: "other"));
        Assert.Equal("ActivityNotFoundException", (await App.NextAsync(app.Sidecar.Activities)).FailureDetails.ErrorType);
        release.SetResult("done");
        var answer = await App.NextAsync(app.Sidecar.Activities);
        Assert.Equal(("\"done\"", "new"), (answer.Result, answer.CompletionToken));
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task Stream_EndsWithoutACopy_AnswersAnyway()
    {
        var release = new TaskCompletionSource<string>();
        await using var app = await App.StartAsync(o => o.RegisterActivity<object?, string>("Slow", (_, _) => release.Task));
        var first = await app.Sidecar.NextStreamAsync();
        await first.WriteAsync(App.Activity("Slow", token: "old"));
        app.Sidecar.End(first);
        await app.Sidecar.NextStreamAsync();
        release.SetResult("done");
        Assert.Equal("\"done\"", (await App.NextAsync(app.Sidecar.Activities)).Result);
    }

    [Fact]
    public async Task Answer_RefusedForAWhile_IsRepeated()
    {
        await using var app = await App.StartAsync(o =>
        {
            o.RegisterWorkflow<object?, int>("One", (_, _) => Task.FromResult(1));
            o.RegisterActivity<object?, int>("Two", (_, _) => Task.FromResult(2));
        });
        var stream = await app.Sidecar.NextStreamAsync();
        app.Sidecar.Refusals.Enqueue(StatusCode.Unavailable);
        app.Sidecar.Refusals.Enqueue(StatusCode.Unknown);
        await stream.WriteAsync(App.Turn("One"));
        Assert.Equal("1", (await App.NextAsync(app.Sidecar.Turns)).Actions[0].CompleteWorkflow.Result);
        app.Sidecar.Refusals.Enqueue(StatusCode.Internal);
        await stream.WriteAsync(App.Activity("Two"));
        Assert.Equal("2", (await App.NextAsync(app.Sidecar.Activities)).Result);
        Assert.Equal(1, app.Sidecar.StreamCount);
    }

    [Fact]
    public async Task Answer_TooLarge_BecomesASmallFailure()
    {
        await using var app = await App.StartAsync(o =>
        {
            o.RegisterWorkflow<object?, string>("Big", (_, _) => Task.FromResult(new string('x', 100)));
            o.RegisterActivity<object?, string>("Big", (_, _) => Task.FromResult(new string('x', 100)));
        });
        var stream = await app.Sidecar.NextStreamAsync();
        app.Sidecar.Refusals.Enqueue(StatusCode.ResourceExhausted);
        await stream.WriteAsync(App.Turn("Big", token: "t"));
        var turn = await App.NextAsync(app.Sidecar.Turns);
        Assert.Equal("t", turn.CompletionToken);
        Assert.Equal(OrchestrationStatus.Failed, turn.Actions.Single().CompleteWorkflow.WorkflowStatus);
        Assert.Equal("PayloadTooLarge", turn.Actions.Single().CompleteWorkflow.FailureDetails.ErrorType);

        app.Sidecar.Refusals.Enqueue(StatusCode.ResourceExhausted);
        await stream.WriteAsync(App.Activity("Big"));
        var activity = await App.NextAsync(app.Sidecar.Activities);
        Assert.Null(activity.Result);
        Assert.Equal("PayloadTooLarge", activity.FailureDetails.ErrorType);
    }

    [Fact]
    public async Task Answer_RefusedForGood_ReopensTheStreamSoThatTheWorkComesAgain()
    {
        await using var app = await App.StartAsync(o => o.RegisterActivity<object?, int>("Two", (_, _) => Task.FromResult(2)));
        var first = await app.Sidecar.NextStreamAsync();
        app.Sidecar.Refusals.Enqueue(StatusCode.InvalidArgument);
        await first.WriteAsync(App.Activity("Two"));
        var second = await app.Sidecar.NextStreamAsync();
        await second.WriteAsync(App.Activity("Two"));
        Assert.Equal("2", (await App.NextAsync(app.Sidecar.Activities)).Result);
    }

    [Fact]
    public async Task Answer_OvertakenByANewerTurn_IsNotRepeated()
    {
        await using var app = await App.StartAsync(o => o.RegisterWorkflow<string, string>("Echo", (_, input) => Task.FromResult(input)));
        var stream = await app.Sidecar.NextStreamAsync();
        app.Sidecar.Refusals.Enqueue(StatusCode.Unavailable);
        await stream.WriteAsync(App.Turn("Echo", input: "\"old\""));
        await WaitUntil(() => app.Sidecar.Refusals.IsEmpty);
        await stream.WriteAsync(App.Turn("Echo", input: "\"new\""));
        await stream.WriteAsync(App.Turn("Echo", "other", input: "\"other\""));
        var results = new[] { await App.NextAsync(app.Sidecar.Turns), await App.NextAsync(app.Sidecar.Turns) }.Select(t => t.Actions[0].CompleteWorkflow.Result);
        Assert.Equal(["\"new\"", "\"other\""], results.Order());

        // Stopping waits for the answer in hand, so that a repeated one would be there.
        await app.Host.StopAsync();
        Assert.False(app.Sidecar.Turns.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Activity_Fails_IsMapped()
    {
        await using var app = await App.StartAsync(o =>
        {
            o.RegisterActivity<int, int>("Throw", (_, _) => throw new FormatException("bad"));
            o.RegisterActivity<NeedsAService>();
        });
        var stream = await app.Sidecar.NextStreamAsync();
        async Task<TaskFailureDetails> FailureOf(WorkItem item)
        {
            await stream.WriteAsync(item);
            return (await App.NextAsync(app.Sidecar.Activities)).FailureDetails;
        }

        var thrown = await FailureOf(App.Activity("Throw", input: "1"));
        Assert.Equal(("System.FormatException", "bad", false), (thrown.ErrorType, thrown.ErrorMessage, thrown.IsNonRetriable));
        Assert.NotEmpty(thrown.StackTrace);
        Assert.Equal("System.Text.Json.JsonException", (await FailureOf(App.Activity("Throw", 1, "\"no number\""))).ErrorType);
        Assert.Equal("Activity 'Nobody' not found", (await FailureOf(App.Activity("Nobody", 2))).ErrorMessage);
        Assert.StartsWith("Activity 'NeedsAService' failed to activate: ", (await FailureOf(App.Activity("NeedsAService", 3))).ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Activities_OverTheLimit_WaitWithoutBlockingTheStream()
    {
        var release = new TaskCompletionSource<int>();
        int running = 0, most = 0;
        await using var app = await App.StartAsync(o =>
        {
            o.MaxConcurrentActivities = 2;
            o.RegisterWorkflow<object?, int>("One", (_, _) => Task.FromResult(1));
            o.RegisterActivity<object?, int>("Slow", async (_, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await release.Task;
                return Interlocked.Decrement(ref running);
            });
        });
        var stream = await app.Sidecar.NextStreamAsync();
        for (var i = 0; i < 5; i++) await stream.WriteAsync(App.Activity("Slow", i));
        await stream.WriteAsync(App.Turn("One"));
        await App.NextAsync(app.Sidecar.Turns);
        release.SetResult(0);
        for (var i = 0; i < 5; i++) await App.NextAsync(app.Sidecar.Activities);
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task Worker_WithoutRegistrations_OpensNoStream()
    {
        await using var app = await App.StartAsync(_ => { });
        app.Sidecar.Client = (_, _) => new GetInstanceResponse();
        Assert.False((await app.Client.GetWorkflowStateAsync("x")).Exists);
        Assert.Equal(0, app.Sidecar.StreamCount);
        Assert.Single(app.Sidecar.Headers);
    }

    [Fact]
    public async Task Calls_CarryTokenAndUserAgent()
    {
        await using var app = await App.StartAsync(o => o.RegisterActivity<int, int>("A", (_, n) => Task.FromResult(n)), token: "secret");
        await app.Sidecar.NextStreamAsync();
        Assert.True(app.Sidecar.Headers.TryDequeue(out var headers));
        Assert.Equal("secret", headers.GetValue("dapr-api-token"));
        Assert.Contains("dapr-sdk-dotnet/v", headers.GetValue("user-agent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_WithWorkInHand_AnswersFirst()
    {
        var release = new TaskCompletionSource<string>();
        var started = new TaskCompletionSource();
        await using var app = await App.StartAsync(o => o.RegisterActivity<object?, string>("Slow", (_, _) =>
        {
            started.SetResult();
            return release.Task;
        }));
        var stream = await app.Sidecar.NextStreamAsync();
        await stream.WriteAsync(App.Activity("Slow"));
        await started.Task.WaitAsync(Patience);
        var stop = app.Host.StopAsync();
        Assert.False(stop.IsCompleted);
        release.SetResult("done");
        Assert.Equal("\"done\"", (await App.NextAsync(app.Sidecar.Activities)).Result);
        await stop.WaitAsync(Patience);
    }

    [Fact]
    public async Task Classes_AreCreatedPerItemInAScope()
    {
        await using var app = await App.StartAsync(
            o =>
            {
                o.RegisterWorkflow<ScopedWorkflow>();
                o.RegisterActivity<ScopedActivity>("Named");
            },
            services: services => services.AddScoped<Scoped>());
        var stream = await app.Sidecar.NextStreamAsync();
        await stream.WriteAsync(App.Turn("ScopedWorkflow"));
        Assert.Equal("\"live\"", (await App.NextAsync(app.Sidecar.Turns)).Actions[0].CompleteWorkflow.Result);
        await stream.WriteAsync(App.Activity("Named", 0));
        await stream.WriteAsync(App.Activity("Named", 1));
        Assert.NotEqual((await App.NextAsync(app.Sidecar.Activities)).Result, (await App.NextAsync(app.Sidecar.Activities)).Result);
        Assert.Equal(3, Scoped.Disposed);
    }

    [Fact]
    public async Task Activity_WithTraceContext_IsASpanOfThatTrace()
    {
        const string Name = "Traced";
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Dapr.Workflow",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.OperationName == $"WorkflowActivity {Name}") spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        string? ambient = null;
        await using var app = await App.StartAsync(o =>
        {
            o.RegisterActivity<object?, int>(Name, (_, _) => Task.FromResult(1));
            o.RegisterWorkflow<object?, int>("W", (_, _) =>
            {
                ambient = Activity.Current?.ParentId;
                return Task.FromResult(0);
            });
        });
        var stream = await app.Sidecar.NextStreamAsync();
        const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var item = App.Activity(Name);
        item.ActivityRequest.ParentTraceContext = new TraceContext { TraceParent = Parent };
        await stream.WriteAsync(item);
        await App.NextAsync(app.Sidecar.Activities);
        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"), (spans.Single().TraceId.ToHexString(), spans.Single().ParentSpanId.ToHexString()));

        var turn = App.Turn("W");
        turn.WorkflowRequest.NewEvents[1].ExecutionStarted.ParentTraceContext = new TraceContext { TraceParent = Parent };
        await stream.WriteAsync(turn);
        await App.NextAsync(app.Sidecar.Turns);
        Assert.Equal(Parent, ambient);
    }

    private static async Task WaitUntil(Func<bool> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "The condition did not come true.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    private sealed class NeedsAService(IFormatProvider provider) : WorkflowActivity<string?, string>
    {
        public override Task<string> RunAsync(WorkflowActivityContext context, string? input) => Task.FromResult(provider.ToString()!);
    }

    private sealed class Scoped : IDisposable
    {
        private static int _disposed;

        public static int Disposed => _disposed;

        public string Id { get; } = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();

        public bool IsDisposed { get; private set; }

        public void Dispose()
        {
            IsDisposed = true;
            Interlocked.Increment(ref _disposed);
        }
    }

    private sealed class ScopedWorkflow(Scoped scoped) : Workflow<object?, string>
    {
        public override Task<string> RunAsync(WorkflowContext context, object? input) => Task.FromResult(scoped.IsDisposed ? "disposed" : "live");
    }

    private sealed class ScopedActivity(Scoped scoped) : WorkflowActivity<string?, string>
    {
        public override Task<string> RunAsync(WorkflowActivityContext context, string? input) => Task.FromResult(scoped.Id);
    }
}
