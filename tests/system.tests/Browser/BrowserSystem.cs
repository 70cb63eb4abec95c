using System.Text.Json;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests.Browser;

/// <summary>The tests of the console in the browser, on one system.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BrowserTestGroup : ICollectionFixture<BrowserSystem>
{
    /// <summary>The name of the collection.</summary>
    public const string Name = "browser";
}

/// <summary>A running system with data in it, its console, and a browser.</summary>
public sealed class BrowserSystem : IAsyncLifetime
{
    // Nobody listens there.
    private static readonly Uri Nowhere = new("http://127.0.0.1:9");

    private Chromium _browser = null!;

    internal LocalSystem Local { get; private set; } = null!;

    internal ConsoleProcess Console { get; private set; } = null!;

    /// <summary>A console whose apps are both down.</summary>
    internal ConsoleProcess Lost { get; } = new(Nowhere, Nowhere);

    internal BrowserData Data { get; private set; } = null!;

    /// <summary>The visit of all pages while there was nothing in the system.</summary>
    internal Task<string> EmptyVisit { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var browser = Chromium.StartAsync();
        Local = await LocalSystem.StartAsync();
        Console = new ConsoleProcess(Local.Orders.Address, Local.Inventory.BaseAddress!, new Uri(Local.OrderSidecar.BaseAddress!, "/"));
        await Task.WhenAll(Console.StartAsync(), Lost.StartAsync());
        _browser = await browser;
        EmptyVisit = RunAsync("look.js", new { pages = ConsolePages.Empty });
        // Its test says how it went.
        await Task.WhenAny(EmptyVisit);
        Data = await BrowserData.PlaceAsync(Local);
    }

    /// <summary>Runs a program of <c>node</c> with this input; <paramref name="answer"/> does what the program asks for.</summary>
    internal Task<string> RunAsync(string program, object input, Func<string, Task<string>>? answer = null, ConsoleProcess? console = null, string? at = null) => NodePackage.Browser.RunAsync(
        program, [_browser.Endpoint, JsonSerializer.Serialize(new { console = at ?? (console ?? Console).Address, isFullSize = FullSize.IsWanted, input }, JsonSerializerOptions.Web)], answer: answer ?? (question => throw new InvalidOperationException(question)));

    public async Task DisposeAsync()
    {
        _browser?.Dispose();
        Console?.Dispose();
        Lost.Dispose();
        if (Local is not null) await Local.DisposeAsync();
    }
}
