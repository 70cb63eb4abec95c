using System.Collections.Concurrent;

namespace OrderInventory.System.Tests;

/// <summary>One running system for the tests that leave it whole.</summary>
public class SharedSystem : IAsyncLifetime
{
    internal LocalSystem Local { get; private set; } = null!;

    /// <summary>Configuration of order-app by its environment names.</summary>
    protected virtual IReadOnlyDictionary<string, string> OrderSettings { get; } = new Dictionary<string, string>();

    public async Task InitializeAsync() => Local = await LocalSystem.StartAsync(OrderSettings);

    public async Task DisposeAsync() => await Local.DisposeAsync();
}

/// <summary>The tests that share it: they leave it whole, and use products, users and keys of their own.</summary>
[CollectionDefinition(Name)]
public sealed class OneSystem : ICollectionFixture<SharedSystem>
{
    public const string Name = "one system";
}

/// <summary>The tests that audit all of it: what they break, they mend.</summary>
[CollectionDefinition(Name)]
public sealed class OneAuditedSystem : ICollectionFixture<SharedSystem>
{
    public const string Name = "one audited system";
}

/// <summary>The tests that kill one part of it after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneKilledSystem : ICollectionFixture<KilledSystem>
{
    public const string Name = "one killed system";
}

/// <summary>
/// One running system of which tests kill one part after the other. It remembers all that they did: the audit after each of them is
/// about everything before it, too.
/// </summary>
public class KilledSystem : SharedSystem
{
    private readonly Dictionary<string, long> _products = [];

    /// <summary>Ids of the orders by key.</summary>
    internal ConcurrentDictionary<string, string> Orders { get; } = new();

    internal async Task PutStockAsync(string product, long total)
    {
        await Local.PutStockAsync(product, total);
        _products.Add(product, total);
    }

    internal Task CheckAsync() => new Audit(Local).CheckAsync(Orders, _products);
}

/// <summary>The tests that let a short time run out.</summary>
[CollectionDefinition(Name)]
public sealed class OneImpatientSystem : ICollectionFixture<ImpatientSystem>
{
    public const string Name = "one impatient system";
}

/// <summary>Its orders are due after five seconds, and its order-app gives up on a sidecar that is away for a fifth of one.</summary>
public sealed class ImpatientSystem : KilledSystem
{
    protected override IReadOnlyDictionary<string, string> OrderSettings { get; } = new Dictionary<string, string> { ["Orders__PaymentDeadline"] = "00:00:05", ["Health__SidecarLostAfter"] = "00:00:00.2" };
}
