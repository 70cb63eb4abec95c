using OrderApp.Domain;

namespace OrderApp.Storage;

/// <summary>Tells everything in this process that has to know when it has stored an order.</summary>
internal sealed class OrderNews(OrderWatch watch, OrderReader reader, Telemetry telemetry, ILogger<OrderNews> logger)
{
    /// <summary>The order is stored as it is given; <paramref name="call"/> stored it.</summary>
    public async Task TellAsync(Order order, string call)
    {
        await reader.ForgetAsync(order.Id);
        watch.Changed(order);
        foreach (var change in order.History.Where(change => change.By == call)) telemetry.Reached(order, change);
        if (order.Refusal is { } refusal && order.Step is null) Log.Refused(logger, order.Id, refusal.Command, refusal.Line, refusal.Code);
    }
}
