using System.Globalization;

namespace OrderInventory.Auditing;

/// <summary>How an audit is done.</summary>
internal sealed record AuditOptions
{
    /// <summary>Users whose orders are read even if inventory knows none of them.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Time between the two readings that a finding has to survive.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an order may be on its way to another status.</summary>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a version before groups remembered idempotency keys; those of the present one never expire.</summary>
    public TimeSpan KeysRemembered { get; init; } = TimeSpan.FromHours(24);
}

/// <summary>How far a reading is.</summary>
internal sealed record AuditProgress(int Reading, long Products, long Operations, long Orders, int Suspected)
{
    /// <summary>The same for people.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"reading {Reading}: {Products:N0} products, {Operations:N0} operations, {Orders:N0} orders, {Suspected:N0} to look at again");
}
