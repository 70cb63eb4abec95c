using Dapr.Workflow;
using OrderApp.Activities;
using OrderInventory.Contracts;

namespace OrderApp.Workflows;

/// <summary>Starts the saga of one order; the instance id is the order id.</summary>
internal sealed record OrderWorkflowInput(string OrderId);

/// <summary>One outcome from inventory, as raised to the workflow.</summary>
internal sealed record LineResult(StockOperationKind Operation, int Line, bool Success, string Code);

/// <summary>
/// The saga of one order: place, wait until inventory has answered for every line, then confirm, or give back what was
/// held and cancel. Nothing is asked again on a timer: a published command is delivered until its result is (design rule 7).
/// Changing the order of the calls breaks running instances.
/// </summary>
internal sealed class OrderWorkflow : Workflow<OrderWorkflowInput, string>
{
    /// <summary>Name of the event that carries an array of <see cref="LineResult"/>.</summary>
    public const string ResultsEvent = "inventory-results";

    // Activities fail only when the infrastructure does; an accepted order outlives every outage (I5).
    private static readonly WorkflowTaskOptions UntilDone = new(new WorkflowRetryPolicy(
        maxNumberOfAttempts: int.MaxValue, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(30)));

    /// <inheritdoc/>
    public override async Task<string> RunAsync(WorkflowContext context, OrderWorkflowInput input)
    {
        var placed = await context.CallActivityAsync<PlacedResult>(nameof(PlaceOrderActivity), input.OrderId, UntilDone);
        if (!placed.IsPending) return placed.Status;

        var deductions = await CollectAsync(context, StockOperationKind.Deduct, [.. Enumerable.Range(1, placed.Lines)]);
        if (deductions.Values.All(result => result.Success))
            return await context.CallActivityAsync<string>(nameof(ConfirmOrderActivity), input.OrderId, UntilDone);

        int[] held = [.. deductions.Values.Where(result => result.Success).Select(result => result.Line).Order()];
        if (held.Length > 0)
        {
            await context.CallActivityAsync(nameof(ReleaseStockActivity), new ReleaseInput(input.OrderId, held), UntilDone);
            await CollectAsync(context, StockOperationKind.Restore, held);
        }

        var reason = deductions.Values.Where(result => !result.Success).MinBy(result => result.Line)!.Code;
        return await context.CallActivityAsync<string>(nameof(CancelOrderActivity), new CancelInput(input.OrderId, reason), UntilDone);
    }

    /// <summary>Waits until every line has its first result of <paramref name="operation"/>; repeats and other operations are passed over.</summary>
    private static async Task<SortedDictionary<int, LineResult>> CollectAsync(WorkflowContext context, StockOperationKind operation, int[] lines)
    {
        var collected = new SortedDictionary<int, LineResult>();
        while (collected.Count < lines.Length)
        {
            foreach (var result in await context.WaitForExternalEventAsync<LineResult[]>(ResultsEvent))
                if (result.Operation == operation && lines.Contains(result.Line)) collected.TryAdd(result.Line, result);
        }

        return collected;
    }
}
