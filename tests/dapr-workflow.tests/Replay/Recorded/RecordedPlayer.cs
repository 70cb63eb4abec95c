using Dapr.TaskHub.Protos;
using Dapr.Workflow;
using Dapr.Workflow.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprWorkflow.Tests.Replay.Recorded;

/// <summary>Gives recorded work items to the runners of the library and compares what they answer.</summary>
internal static class RecordedPlayer
{
    private static readonly IServiceScopeFactory Scopes = new ServiceCollection().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>();
    private static readonly TextSerializer Serializer = new();

    /// <summary>The fields of all answers of a case in which the library differs.</summary>
    public static async Task<IReadOnlyList<AnswerDifference>> PlayAsync(RecordedCase @case)
    {
        var differences = new List<AnswerDifference>();
        foreach (var turn in @case.Turns)
        {
            // An item without an answer was lost with its stream or sidecar; when it came again, that answer is the one to give.
            var answered = turn.Answer is not null ? turn : @case.Turns.FirstOrDefault(again => again.Answer is not null && (again.Execution, again.InstanceId, again.Number) == (turn.Execution, turn.InstanceId, turn.Number));
            var library = await AnswerAsync(turn, Script.Of(@case, answered is null ? turn : turn with { Answer = answered.Answer, Refused = answered.Refused }));
            if (answered?.Answer is { } recorded) differences.AddRange(AnswerDifference.Between(recorded, library));
            else Assert.Empty(library.Actions);
        }

        foreach (var activity in @case.Activities.Where(activity => activity.Answer is not null))
            differences.AddRange(AnswerDifference.Fields(activity.Answer!, await AnswerAsync(activity)));
        return differences;
    }

    private static async Task<WorkflowResponse> AnswerAsync(RecordedTurn turn, Script script)
    {
        var options = new WorkflowRuntimeOptions();
        var name = turn.Request.PastEvents.Concat(turn.Request.NewEvents).First(e => e.ExecutionStarted is not null).ExecutionStarted.Name;
        var isUnknown = turn.Answer?.Actions.Any(action => action.CompleteWorkflow?.FailureDetails?.ErrorType == "WorkflowNotFound") == true;
        if (name.Length > 0 && !isUnknown) options.RegisterWorkflow<string?, string?>(name, (context, _) => new ScriptedRun(context, script).RunAsync());
        var answer = await new TurnRunner(options.Registry, Scopes, Serializer, NullLoggerFactory.Instance).RunAsync(turn.Request);
        if (turn.Refused is not null) TurnRunner.Shrink(answer);

        // As the dispatcher does before it sends.
        answer.CompletionToken = turn.Item.CompletionToken;
        return answer;
    }

    private static async Task<ActivityResponse> AnswerAsync(RecordedActivity activity)
    {
        var options = new WorkflowRuntimeOptions();
        var (name, meant) = (activity.Item.ActivityRequest.Name, activity.Refused ?? activity.Answer!);
        if (name.Length > 0 && meant.FailureDetails?.ErrorType != "ActivityNotFoundException")
            options.RegisterActivity<string?, string?>(name, (_, _) => meant.FailureDetails is { } failure ? throw new InvalidOperationException(failure.ErrorMessage) : Task.FromResult<string?>(meant.Result));
        var answer = await new ActivityRunner(options.Registry, Scopes, Serializer, NullLogger<ActivityRunner>.Instance).RunAsync(activity.Item.ActivityRequest);
        if (activity.Refused is not null) ActivityRunner.Shrink(answer);
        answer.CompletionToken = activity.Item.CompletionToken;
        return answer;
    }
}
