using System.ComponentModel.DataAnnotations;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults.Settings;

namespace OrderApp;

/// <summary>Settings of order-app, configuration section <c>Orders</c>.</summary>
[Settings("Orders")]
internal sealed class OrderOptions
{
    /// <summary>How long a CONFIRMED order holds its stock unpaid, before it is cancelled; zero is for ever.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan PaymentDeadline { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Longest payment deadline that an order may ask for itself; the shortest is a minute.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan MaxPaymentDeadline { get; set; } = TimeSpan.FromDays(7);

    /// <summary>True refuses a payment of another amount than the order's.</summary>
    public bool CheckPaymentAmount { get; set; } = true;

    /// <summary>How long a DELIVERED order can be refunded; zero is for ever.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "366.00:00:00")]
    public TimeSpan RefundWindow { get; set; } = TimeSpan.FromDays(30);

    /// <summary>True while replicas of a version before groups run beside this one: keys are then claimed, and documents written, in its way, too, and a PENDING order cannot be cancelled.</summary>
    public bool BesideEarlierVersion { get; set; }

    /// <summary>True refuses to place an order, or to take a command on one, without an idempotency key.</summary>
    public bool RequireIdempotencyKey { get; set; }

    /// <summary>Groups of orders that one replica has on their way at once. Fewer make larger groups, which cost less for each order.</summary>
    [Range(1, 64)]
    public int GroupsInFlight { get; set; } = 4;

    /// <summary>After this time an order that is still on its way to another status is looked after, and inventory is asked again.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How old an order that GET shows may be; zero reads the store each time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ReadCache { get; set; } = TimeSpan.Zero;

    /// <summary>Reads the section before anything starts.</summary>
    /// <exception cref="InvalidOperationException">A name is unknown, or a value is not what it should be.</exception>
    public static OrderOptions From(IConfiguration configuration) => SettingsReader.Read<OrderOptions>(configuration);

    /// <summary>The settings as the rules want them.</summary>
    internal OrderTerms Terms => new(PaymentDeadline == TimeSpan.Zero ? null : PaymentDeadline, RefundWindow == TimeSpan.Zero ? null : RefundWindow, CheckPaymentAmount);
}
