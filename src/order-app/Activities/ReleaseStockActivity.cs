using Dapr.Workflow;
using OrderApp.Storage;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;

namespace OrderApp.Activities;

/// <summary>The lines that have to be given back.</summary>
internal sealed record ReleaseInput(string OrderId, int[] Lines);

/// <summary>Asks inventory to give back what the lines hold: the compensation of the deduction.</summary>
internal sealed class ReleaseStockActivity(OrderStore orders, OrderMessages messages) : WorkflowActivity<ReleaseInput, object?>
{
    /// <inheritdoc/>
    public override async Task<object?> RunAsync(WorkflowActivityContext context, ReleaseInput input)
    {
        var order = await orders.FindAsync(input.OrderId, CancellationToken.None) ?? throw new DependencyUnavailableException($"The document of order {input.OrderId} is missing.");
        await messages.PublishStockCommandsAsync(order, [.. order.Lines.Where(line => input.Lines.Contains(line.Line))], StockOperationKind.Restore, CancellationToken.None);
        return null;
    }
}
