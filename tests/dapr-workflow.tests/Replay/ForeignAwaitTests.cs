using Dapr.Workflow;
using Dapr.Workflow.Worker.Replay;

namespace DaprWorkflow.Tests.Replay;

/// <summary>A workflow that awaits what is not of its context fails with the name of the method and of what it awaits.</summary>
public class ForeignAwaitTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    [Fact]
    public void Turn_AwaitsADelay_NamesMethodAndType() =>
        AssertNamed(
            "not durable: ForeignAwaitTests.Turn_AwaitsADelay_NamesMethodAndType awaits Task (Task.DelayPromise).",
            async context =>
            {
                await context.CallActivityAsync("A");
                await Task.Delay(Long, TimeProvider.System);
                return 0;
            });

    [Fact]
    public void Turn_AwaitsAnHttpCall_NamesMethodAndCall()
    {
        using var client = new HttpClient(new Silent());
        AssertNamed(
            "not durable: ForeignAwaitTests.Turn_AwaitsAnHttpCall_NamesMethodAndCall awaits Task<HttpResponseMessage> (HttpClient.SendAsync).",
            async context =>
            {
                await context.CallActivityAsync("A");
                using var answer = await client.GetAsync(new Uri("http://nowhere.invalid/"), CancellationToken.None);
                return (int)answer.StatusCode;
            });
    }

    [Theory]
    [InlineData("task", "LoadAsync awaits Task.")]
    [InlineData("configured", "LoadAsync awaits Task<Int32>.")]
    [InlineData("value task", "LoadAsync awaits Task<Int32>.")]
    [InlineData("custom", "LoadAsync awaits ForeignAwaitTests.Never.")]
    public void Turn_AwaitsInANestedMethod_NamesTheWholeWay(string what, string end) =>
        AssertNamed(
            $"not durable: ForeignAwaitTests.Turn_AwaitsInANestedMethod_NamesTheWholeWay > ForeignAwaitTests.MiddleAsync > ForeignAwaitTests.{end}",
            async context =>
            {
                await context.CallActivityAsync("A");
                return await MiddleAsync(what);
            });

    [Fact]
    public void Turn_ReturnsAForeignTask_NamesItsType() =>
        AssertNamed("not durable: Task<Int32>.", context => context.IsReplaying ? throw new InvalidOperationException() : new TaskCompletionSource<int>().Task, turns: 1);

    [Fact]
    public void Turn_ClassAwaitsADelay_NamesTheClass()
    {
        var instance = new Instance(options => options.RegisterWorkflow<Sleeper>("W"));
        Assert.Contains("not durable: ForeignAwaitTests.Sleeper.RunAsync awaits Task (Task.DelayPromise).", instance.Turn().Completion.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_TaskWithoutCode_HasNoAnswer()
    {
        Assert.Null(ForeignAwait.Describe(new TaskCompletionSource().Task));
        Assert.Null(ForeignAwait.Describe(Task.CompletedTask));
    }

    private static void AssertNamed(string message, Func<WorkflowContext, Task<int>> code, int turns = 2)
    {
        var instance = Instance.Of(code);
        instance.Turn();
        if (turns > 1) instance.Turn(instance.Done(0));
        Assert.Contains(message, instance.Completion.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    private static async Task<int> MiddleAsync(string what)
    {
        await Task.CompletedTask;
        return await LoadAsync(what);
    }

    private static async Task<int> LoadAsync(string what)
    {
        if (what == "task") await new TaskCompletionSource().Task;
        if (what == "custom") await new Never();
        var never = new TaskCompletionSource<int>().Task;
        return what == "configured" ? await never.ConfigureAwait(false) : await new ValueTask<int>(never);
    }

    private sealed class Sleeper : Workflow<object?, int>
    {
        public override async Task<int> RunAsync(WorkflowContext context, object? input)
        {
            await Task.Delay(Long, TimeProvider.System);
            return 0;
        }
    }

    private sealed class Never : System.Runtime.CompilerServices.INotifyCompletion
    {
        public bool IsCompleted => false;

        public Never GetAwaiter() => this;

        public void GetResult()
        {
            // It never comes to that.
        }

        public void OnCompleted(Action continuation)
        {
            // The code is never called again.
        }
    }

    private sealed class Silent : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => new TaskCompletionSource<HttpResponseMessage>().Task;
    }
}
