extern alias cli;

using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using cli::OrderInventory.Auditing;
using cli::OrderInventory.Repairing;
using InventoryApp.Deductions;

namespace InventoryApp.Tests;

/// <summary>What <c>order-inventory repair</c> publishes, as inventory-app takes it.</summary>
public sealed class RepairTests : DeliveryTest
{
    [Theory]
    [InlineData("o")]
    [InlineData("an order: of <somebody> & else")]
    [InlineData("ümläut-订单")]
    public async Task GiveBack_LineOfNoOrder_IsWhatTheAppAcceptsAndDoesOnce(string order)
    {
        await PutAsync("p", 10);
        await App.DeliverAsync(("a", InventoryApi.Deduct(order, 3, line: 2)));
        using var sidecar = new Sender(App);
        using var publisher = new HttpClient(sidecar) { BaseAddress = new Uri("http://sidecar") };
        using var orders = new HttpClient(new NoOrders()) { BaseAddress = new Uri("http://orders") };
        var repairer = new Repairer(new SystemReader(orders, Http, TimeSpan.Zero, TimeProvider.System), new Sidecar(publisher), TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeProvider.System);
        var line = new HeldLine(order, 2, "p");
        var verdict = await repairer.ReadAsync(line, CancellationToken.None);

        var outcome = await repairer.GiveBackAsync(line, CancellationToken.None);
        await sidecar.SendAgainAsync();

        Assert.Null(DeductionMessages.Refusal(verdict.GiveBack!.Message));
        Assert.Equal(LineEnd.GivenBack, outcome.End);
        Assert.Equal(LineEnd.NothingLeft, (await repairer.GiveBackAsync(line, CancellationToken.None)).End);
        var stock = (await Http.GetFromJsonAsync<JsonElement>("/api/inventory/p")).GetProperty("data");
        Assert.Equal((10, 0), (stock.GetProperty("available").GetInt32(), stock.GetProperty("reserved").GetInt32()));
        Assert.Empty(App.Events.DeadLetters);
    }

    /// <summary>A sidecar that delivers at once what is published.</summary>
    private sealed class Sender(InventoryApi app) : HttpMessageHandler
    {
        private JsonElement _last;

        public Task<Dictionary<string, string>> SendAgainAsync() => app.DeliverAsync(("again", _last));

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            _last = await request.Content!.ReadFromJsonAsync<JsonElement>(cancellationToken);
            Assert.Equal("SUCCESS", (await app.DeliverAsync(("b", _last))).Single().Value);
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        }
    }

    /// <summary>An order-app without orders.</summary>
    private sealed class NoOrders : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(request.RequestUri!.AbsolutePath.EndsWith("/stuck", StringComparison.Ordinal)
            ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""{"data":[],"nextCursor":null}""", Encoding.UTF8, "application/json") }
            : new HttpResponseMessage(HttpStatusCode.NotFound));
    }
}
