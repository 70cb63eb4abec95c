using System.Diagnostics;
using OrderApp.Domain;
using OrderApp.Earlier;
using OrderApp.Intake;

namespace OrderApp.Orders;

/// <summary>Places orders through the intake. A key that a version before groups has seen stands for the order that it placed.</summary>
internal sealed class OrderPlacement(OrderIntake intake, EarlierClaims earlier)
{
    /// <summary>Places the order or finds the one that the key stands for.</summary>
    /// <exception cref="OrderInventory.ServiceDefaults.DependencyUnavailableException">Unknown; the same request later gives the right answer.</exception>
    public async Task<OrderOutcome> PlaceAsync(PlacedOrder placed, string key, CancellationToken cancellationToken)
    {
        var orderId = await earlier.ClaimAsync(placed, key, cancellationToken);
        return await intake.AskOrThrowAsync(orderId.ToString(), new IntakeRequest.Place(orderId, placed, key, Activity.Current?.Id), cancellationToken);
    }
}
