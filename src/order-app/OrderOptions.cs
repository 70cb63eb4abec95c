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

    /// <summary>How long a DELIVERED order can be refunded; zero is for ever.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "366.00:00:00")]
    public TimeSpan RefundWindow { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long an idempotency key is remembered. The same key later is another order.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan KeyTimeToLive { get; set; } = TimeSpan.FromHours(24);

    /// <summary>True refuses a POST without an idempotency key.</summary>
    public bool RequireIdempotencyKey { get; set; }

    /// <summary>After this time an order that is still on its way to another status counts as stuck, and inventory is asked again.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How old an order that GET shows may be; zero reads the store each time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ReadCache { get; set; } = TimeSpan.Zero;

    /// <summary>Reads the section before anything starts.</summary>
    /// <exception cref="InvalidOperationException">A name is unknown, or a value is not what it should be.</exception>
    public static OrderOptions From(IConfiguration configuration) => SettingsReader.Read<OrderOptions>(configuration);

    /// <summary>How long an order may stay in <paramref name="status"/> by itself; null for ever.</summary>
    public TimeSpan? AllowedIn(OrderStatus status)
    {
        var allowed = status switch
        {
            OrderStatus.Confirmed => PaymentDeadline,
            OrderStatus.Delivered => RefundWindow,
            _ => TimeSpan.Zero,
        };
        return allowed == TimeSpan.Zero ? null : allowed;
    }
}
