using Dapr.Workflow;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;

namespace OrderApp.Activities;

/// <summary>What the workflow needs to know of its order.</summary>
internal sealed record PlacedResult(bool IsPending, int Lines, string Status);

/// <summary>Publishes that the order exists and asks inventory for every line. Repeating it repeats the same event ids.</summary>
internal sealed class PlaceOrderActivity(OrderStore orders, OrderMessages messages) : WorkflowActivity<string, PlacedResult>
{
    /// <inheritdoc/>
    public override async Task<PlacedResult> RunAsync(WorkflowActivityContext context, string input)
    {
        var order = await orders.FindAsync(input, CancellationToken.None) ?? throw new DependencyUnavailableException($"The document of order {input} is missing.");
        var result = new PlacedResult(order.Status == OrderStatus.Pending, order.Lines.Length, order.Status.Word());
        if (!result.IsPending) return result;
        await messages.PublishTransitionAsync(order, order.History[0], CancellationToken.None);
        await messages.PublishStockCommandsAsync(order, order.Lines, StockOperationKind.Deduct, CancellationToken.None);
        return result;
    }
}
