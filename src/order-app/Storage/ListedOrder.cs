using OrderApp.Domain;

namespace OrderApp.Storage;

/// <summary>An order in a list, newest first.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="After">The cursor that goes on behind it; null when nothing comes any more.</param>
/// <param name="Created">When the order was placed that was listed here, in ticks of UTC; null when the list does not say.</param>
internal sealed record ListedOrder(string OrderId, string? After, long? Created = null)
{
    /// <summary>False for an order that was placed in a later attempt than the one that listed it here; it is listed once more for that.</summary>
    public bool IsOf(Order order) => Created is null || Created == order.CreatedTime.UtcTicks;
}
