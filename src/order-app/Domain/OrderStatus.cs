using System.Text.Json.Serialization;

namespace OrderApp.Domain;

/// <summary>The states of an order.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderStatus>))]
public enum OrderStatus
{
    /// <summary>Accepted; the stock is being asked for.</summary>
    [JsonStringEnumMemberName("PENDING")]
    Pending = 1,

    /// <summary>Every line is held.</summary>
    [JsonStringEnumMemberName("CONFIRMED")]
    Confirmed,

    /// <summary>Paid.</summary>
    [JsonStringEnumMemberName("PAID")]
    Paid,

    /// <summary>On its way.</summary>
    [JsonStringEnumMemberName("SHIPPED")]
    Shipped,

    /// <summary>Arrived.</summary>
    [JsonStringEnumMemberName("DELIVERED")]
    Delivered,

    /// <summary>Ended before payment; nothing is held.</summary>
    [JsonStringEnumMemberName("CANCELLED")]
    Cancelled,

    /// <summary>Paid back; nothing is held.</summary>
    [JsonStringEnumMemberName("REFUNDED")]
    Refunded,
}

/// <summary>How a status is written in messages.</summary>
internal static class OrderStatusWords
{
    /// <summary>The upper-case word of the contract.</summary>
    public static string Word(this OrderStatus status) => status.ToString().ToUpperInvariant();
}
