using System.Collections.Immutable;
using Dapr.Workflow;
using OrderApp.Activities;
using OrderApp.Domain;
using OrderInventory.Contracts;

namespace OrderApp.Workflows;

/// <summary>The steps of the saga of one order, in the workflow.</summary>
internal sealed class OrderSaga(WorkflowContext context, string orderId)
{
    // Activities fail only when the infrastructure does; an accepted order outlives every outage (I5).
    private static readonly WorkflowTaskOptions UntilDone = new(new WorkflowRetryPolicy(
        maxNumberOfAttempts: int.MaxValue, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(30)));

    public OrderInbox Inbox { get; } = new(context);

    /// <summary>Publishes the order and asks for its stock.</summary>
    public Task<PlacedResult> PlaceAsync() => context.CallActivityAsync<PlacedResult>(nameof(PlaceOrderActivity), orderId, UntilDone);

    /// <summary>
    /// Carries out a command that is allowed in <paramref name="from"/>: first what inventory has to do for
    /// <paramref name="lines"/>, then the transition. Returns the state of the order then.
    /// </summary>
    public async Task<TransitionResult> ExecuteAsync(OrderStatus from, CommandRequest request, ImmutableArray<int> lines)
    {
        if (OrderTransitions.StockStep(from, request.Command) is { } operation && lines.Length > 0)
        {
            await context.CallActivityAsync<bool>(nameof(AskInventoryActivity), new AskInput(orderId, request.Command, lines, request.Reason), UntilDone);
            var answers = await CollectAsync(operation, lines);
            if (request.Command == OrderCommand.Ship && answers.FirstOrDefault(answer => !answer.Success) is { } refused)
            {
                // Inventory has lost what this order holds. The order stays PAID, shows up as stuck and can be refunded.
                Log.ShipRefused(context.CreateReplaySafeLogger<OrderSaga>(), orderId, refused.Line, refused.Code);
                return new TransitionResult(from, null);
            }
        }

        return await context.CallActivityAsync<TransitionResult>(nameof(TransitionOrderActivity), new TransitionInput(orderId, request.Command, request.Reason), UntilDone);
    }

    /// <summary>Waits until every line has its result of <paramref name="operation"/>; repeats and other operations are passed over.</summary>
    private async Task<IReadOnlyCollection<LineResult>> CollectAsync(StockOperationKind operation, ImmutableArray<int> lines)
    {
        var collected = new SortedDictionary<int, LineResult>();
        while (collected.Count < lines.Length)
        {
            foreach (var result in (await Inbox.ReadAsync())!)
                if (result.Operation == operation && lines.Contains(result.Line)) collected.TryAdd(result.Line, result);
        }

        return collected.Values;
    }
}
