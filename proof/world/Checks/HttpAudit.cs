using System.Net;
using System.Text;
using OrderInventory.Auditing;
using OrderInventory.Proof.Simulation;

namespace OrderInventory.Proof.Checks;

/// <summary>The auditor of the product, on what the HTTP APIs of the simulated apps show after a run and on nothing else.</summary>
internal static class HttpAudit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Horizon = TimeSpan.FromHours(3);

    /// <summary>What it finds, in words. Everything has come to rest before, so no order may be on its way.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(World world)
    {
        using var orders = Client(() => world.Orders);
        using var inventory = Client(() => world.Inventory[0]);
        var auditor = new Auditor(new SystemReader(orders, inventory, Patience, world.Clock), new AuditOptions { StuckAfter = TimeSpan.Zero }, world.Clock, _ => { });
        AuditReport? report = null;
        world.Go(AuditAsync());
        await world.RunAsync(Horizon);
        return report is null ? throw new InvalidOperationException("The audit did not end: " + string.Join('\n', world.Broken)) : [.. report.Findings.Select(finding => finding.Finding.ToString())];

        async Task AuditAsync() => report = await auditor.RunAsync(CancellationToken.None);
    }

    // No time limit: it would be one of the wall clock.
    private static HttpClient Client(Func<AppProcess> app) => new(new DirectHandler(app)) { BaseAddress = new Uri("http://simulated"), Timeout = Timeout.InfiniteTimeSpan };

    private sealed class DirectHandler(Func<AppProcess> app) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await app().SendAsync(request.Method.Method, request.RequestUri!.PathAndQuery, [], DirectRequest.NoHeaders);
            return new HttpResponseMessage((HttpStatusCode)answer.Status) { Content = new StringContent(answer.Body?.ToJsonString() ?? "", Encoding.UTF8, "application/json") };
        }
    }
}
