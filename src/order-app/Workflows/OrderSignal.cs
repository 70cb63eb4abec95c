using OrderApp.Domain;
using OrderInventory.Contracts;

namespace OrderApp.Workflows;

/// <summary>One outcome from inventory, as raised to the workflow.</summary>
internal sealed record LineResult(StockOperationKind Operation, int Line, bool Success, string Code);

/// <summary>A command of a client, as raised to the workflow.</summary>
internal sealed record CommandRequest(OrderCommand Command, string? Reason);

/// <summary>Everything that an order's workflow is told comes as this one event, so that it is handled in the order of arrival.</summary>
internal sealed record OrderSignal(LineResult[]? Results = null, CommandRequest? Command = null)
{
    /// <summary>Name of the event.</summary>
    public const string EventName = "order-signal";
}
