using System.Collections.Immutable;
using Dapr.Workflow;
using OrderApp.Activities;
using OrderApp.Domain;
using OrderInventory.Contracts;

namespace OrderApp.Workflows;

/// <summary>Starts the saga of one order; the instance id is the order id.</summary>
internal sealed record OrderWorkflowInput(string OrderId);

/// <summary>
/// The saga of one order: place, wait until inventory has answered for every line, then confirm, or give back what was
/// held and cancel; afterwards follow the commands of clients and the deadlines. It alone decides about the status.
/// Nothing is asked again on a timer: a published command is delivered until its result is (design rule 7).
/// Running instances replay this code: a change of the order of its calls needs a new workflow name (CONTRIBUTING.md).
/// </summary>
internal sealed class OrderWorkflow : Workflow<OrderWorkflowInput, string>
{
    /// <summary>How much longer than clients may refund the workflow stays, so that no accepted refund finds it gone.</summary>
    private static readonly TimeSpan RefundGrace = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public override async Task<string> RunAsync(WorkflowContext context, OrderWorkflowInput input)
    {
        var saga = new OrderSaga(context, input.OrderId);
        var placed = await saga.PlaceAsync();
        if (placed.Status != OrderStatus.Pending) return placed.Status.Word();

        var state = placed.Waiting is { } step
            ? await saga.ExecuteAsync(OrderStatus.Pending, new CommandRequest(step.Command, step.Reason), step.Lines)
            : await DecideAsync(saga, placed.Lines);
        while (await NextCommandAsync(context, saga, state) is { } command)
            state = await saga.ExecuteAsync(state.Status, command, AllLines(placed.Lines));
        return state.Status.Word();
    }

    /// <summary>From PENDING to CONFIRMED or CANCELLED.</summary>
    private static async Task<TransitionResult> DecideAsync(OrderSaga saga, int lines)
    {
        var results = new SortedDictionary<int, LineResult>();
        while (results.Count < lines)
        {
            foreach (var result in (await saga.Inbox.ReadAsync())!)
                if (result.Operation == StockOperationKind.Deduct && result.Line <= lines) results.TryAdd(result.Line, result);
            // A line that has not been answered may be held by the time; giving it back fences it.
            if (results.Count < lines && saga.Inbox.Take(OrderStatus.Pending) is { } cancel)
                return await saga.ExecuteAsync(OrderStatus.Pending, cancel, [.. AllLines(lines).Where(line => !results.TryGetValue(line, out var known) || known.Success)]);
        }

        return results.Values.FirstOrDefault(result => !result.Success) is { } refused
            ? await saga.ExecuteAsync(OrderStatus.Pending, new CommandRequest(OrderCommand.Cancel, refused.Code), [.. results.Values.Where(result => result.Success).Select(result => result.Line)])
            : await saga.ExecuteAsync(OrderStatus.Pending, new CommandRequest(OrderCommand.Confirm, null), []);
    }

    /// <summary>What happens next to a decided order; null when nothing can any more.</summary>
    private static async Task<CommandRequest?> NextCommandAsync(WorkflowContext context, OrderSaga saga, TransitionResult state)
    {
        if (state.Status is OrderStatus.Cancelled or OrderStatus.Refunded) return null;
        if (saga.Inbox.Take(state.Status) is { } waiting) return waiting;

        using var stopTimer = new CancellationTokenSource();
        var grace = state.Status == OrderStatus.Delivered ? RefundGrace : TimeSpan.Zero;
        var timer = state.Deadline is { } deadline ? context.CreateTimer((deadline + grace).UtcDateTime, stopTimer.Token) : null;
        while (await saga.Inbox.ReadAsync(timer) is not null)
        {
            if (saga.Inbox.Take(state.Status) is not { } command) continue;
            // Cancelled in place: CancelAsync would leave the thread of the workflow.
#pragma warning disable CA1849
            stopTimer.Cancel();
#pragma warning restore CA1849
            return command;
        }

        return state.Status == OrderStatus.Confirmed ? new CommandRequest(OrderCommand.Cancel, Reasons.PaymentOverdue) : null;
    }

    private static ImmutableArray<int> AllLines(int lines) => [.. Enumerable.Range(1, lines)];
}
