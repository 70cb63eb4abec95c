using System.Net;
using Microsoft.Extensions.Time.Testing;
using OrderInventory.Auditing;
using OrderInventory.Testing;

namespace OrderInventory.Tests;

/// <summary>What is read of an app, whatever becomes of the first request.</summary>
public sealed class ApiReaderTests
{
    [Fact]
    public async Task GetAsync_RequestThatIsNeverAnswered_IsAskedAgainWithinThePatience()
    {
        using var app = new LosesTheFirst();
        using var http = new HttpClient(app) { BaseAddress = new Uri("http://app") };
        var time = new FakeTimeProvider();

        var read = new ApiReader(http, TimeSpan.FromSeconds(60), time, onWait: null).GetAsync("/api/orders/stuck", CancellationToken.None);
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(0.5));
            return read.IsCompleted;
        }, "the second request is answered");

        Assert.Equal("[]", (await read)!.Value.GetProperty("data").GetRawText());
        Assert.Equal(2, app.Asked);
    }

    private sealed class LosesTheFirst : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (++Asked == 1) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""{"data":[]}""") };
        }
    }
}
