using System.Net;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>An app whose sidecar does not come back asks for a restart; the sidecar's own question is not concerned.</summary>
[Collection(OneImpatientSystem.Name)]
public sealed class SidecarLossTests(ImpatientSystem killed)
{
    [Fact]
    public async Task Livez_SidecarAwayForLonger_FailsUntilItIsBack()
    {
        var system = killed.Local;
        using var http = new HttpClient { BaseAddress = system.Orders.Address };
        async Task<HttpStatusCode> AskAsync(string path)
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            return answer.StatusCode;
        }

        Task ShowsAsync(string path, HttpStatusCode status, string what) => Eventually.GetAsync(() => AskAsync(path), found => found == status, TimeSpan.FromSeconds(30), what);

        await ShowsAsync("/readyz", HttpStatusCode.OK, "the sidecar answers");
        Assert.Equal(HttpStatusCode.OK, await AskAsync("/livez"));

        await system.KillAsync("dapr-local");

        await ShowsAsync("/livez", HttpStatusCode.ServiceUnavailable, "the app gives up on its sidecar");
        Assert.Equal(HttpStatusCode.OK, await AskAsync("/healthz"));
        await system.StartAsync("dapr-local");
        await ShowsAsync("/livez", HttpStatusCode.OK, "the sidecar is back");
    }
}
