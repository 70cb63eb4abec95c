namespace OrderInventory.System.Tests;

/// <summary>One running system for the tests that leave it whole.</summary>
public sealed class SharedSystem : IAsyncLifetime
{
    internal LocalSystem Local { get; private set; } = null!;

    public async Task InitializeAsync() => Local = await LocalSystem.StartAsync();

    public async Task DisposeAsync() => await Local.DisposeAsync();
}

/// <summary>The tests that share it: they leave it whole, and use products, users and keys of their own.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneSystem : ICollectionFixture<SharedSystem>
{
    public const string Name = "one system";
}
