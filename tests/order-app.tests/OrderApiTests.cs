namespace OrderApp.Tests;

/// <summary>Tests of order-app over HTTP: each has an app of its own, on a fake sidecar.</summary>
public abstract class OrderApiTests : IAsyncLifetime
{
    private readonly bool _frozen;

    private protected OrderApiTests(bool frozen = false) => _frozen = frozen;

    private protected OrderApi App { get; private set; } = null!;

    private protected HttpClient Http { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        App = await OrderApi.StartAsync(_frozen);
        Http = App.CreateClient();
    }

    public async Task DisposeAsync() => await App.DisposeAsync();
}
