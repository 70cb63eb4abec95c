using System.Diagnostics;
using Microsoft.Extensions.Options;
using OrderApp.Domain;
using OrderApp.Earlier;
using OrderApp.Intake;

namespace OrderApp.Orders;

/// <summary>Places orders through the intake. A key that a version before groups has seen stands for the order that it placed.</summary>
internal sealed class OrderPlacement(ClientRequests requests, EarlierClaims earlier, IOptions<OrderOptions> options)
{
    /// <summary>Places the order or finds the one that the key stands for.</summary>
    /// <exception cref="OrderInventory.ServiceDefaults.DependencyUnavailableException">Unknown; the same request later gives the right answer.</exception>
    public async Task<OrderOutcome> PlaceAsync(PlacedOrder placed, string key, CancellationToken cancellationToken)
    {
        if (options.Value.BesideEarlierVersion) return await PlaceAsync(await earlier.ClaimAsync(placed, key, cancellationToken), isClaimed: true);
        return await PlaceAsync(OrderIds.Of(placed.UserId, key), isClaimed: false) switch
        {
            OrderOutcome.Elsewhere(var orderId) => await PlaceAsync(orderId, isClaimed: true),
            var outcome => outcome,
        };

        Task<OrderOutcome> PlaceAsync(Guid orderId, bool isClaimed)
        {
            Activity.Current?.SetTag(Telemetry.OrderTag, orderId.ToString());
            return requests.AskAsync(orderId.ToString(), new IntakeRequest.Place(orderId, placed, key, isClaimed, Activity.Current?.Id), "POST /api/orders", key, cancellationToken);
        }
    }
}
