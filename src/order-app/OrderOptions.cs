using System.ComponentModel.DataAnnotations;
using OrderApp.Domain;

namespace OrderApp;

/// <summary>Settings of order-app, configuration section <c>Orders</c> (environment: <c>Orders__PaymentDeadline=00:10:00</c>).</summary>
internal sealed class OrderOptions : IValidatableObject
{
    public const string Section = "Orders";

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Year = TimeSpan.FromDays(366);

    /// <summary>How long a CONFIRMED order holds its stock unpaid; zero for ever. At most 7 days.</summary>
    public TimeSpan PaymentDeadline { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a DELIVERED order can be refunded; zero for ever. At most 366 days.</summary>
    public TimeSpan RefundWindow { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long an idempotency key is remembered: 1 minute to 7 days.</summary>
    public TimeSpan KeyTimeToLive { get; set; } = TimeSpan.FromHours(24);

    /// <summary>True refuses a POST without an idempotency key.</summary>
    public bool RequireIdempotencyKey { get; set; }

    /// <summary>After this time an order that is still on its way counts as stuck: 10 seconds to 1 day.</summary>
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How old an order that GET shows may be; zero reads the store each time. At most 1 minute.</summary>
    public TimeSpan ReadCache { get; set; } = TimeSpan.Zero;

    /// <summary>Reads the section before anything starts.</summary>
    /// <exception cref="ValidationException">A value is out of range.</exception>
    /// <exception cref="InvalidOperationException">A name is unknown, or a value is not what it should be.</exception>
    public static OrderOptions From(IConfiguration configuration)
    {
        var options = new OrderOptions();
        configuration.GetSection(Section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        return options;
    }

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

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        new[]
        {
            Check(nameof(PaymentDeadline), PaymentDeadline, TimeSpan.Zero, Week),
            Check(nameof(RefundWindow), RefundWindow, TimeSpan.Zero, Year),
            Check(nameof(KeyTimeToLive), KeyTimeToLive, TimeSpan.FromMinutes(1), Week),
            Check(nameof(StuckAfter), StuckAfter, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1)),
            Check(nameof(ReadCache), ReadCache, TimeSpan.Zero, TimeSpan.FromMinutes(1)),
        }.OfType<ValidationResult>();

    // "30" alone means 30 days to .NET; whoever wrote it for minutes is told so here.
    private static ValidationResult? Check(string name, TimeSpan value, TimeSpan least, TimeSpan most) =>
        value >= least && value <= most ? null : new ValidationResult($"{Section}:{name} is {value:c}; write {least:c} to {most:c} as days.hours:minutes:seconds, for example 00:30:00.", [name]);
}
