using System.Net;
using System.Text;
using OrderInventory.Bench.Load;
using OrderInventory.Bench.Stock;

namespace OrderInventory.Bench.Tests;

/// <summary>The audit finds numbers that do not add up.</summary>
public sealed class StockAuditTests
{
    [Theory]
    [InlineData(10, 8, 2, 3, 0)]
    [InlineData(10, 8, 1, 3, 2)]
    [InlineData(10, 7, 3, 3, 1)]
    [InlineData(10, 8, 2, 4, 1)]
    [InlineData(9, 7, 2, 3, 1)]
    public async Task CheckAsync_TwoUnitsOfTenSold_AcceptsOnlyTheirBalances(long total, long available, long reserved, long operations, int problems)
    {
        var measure = new Measure();
        measure.Count(succeeded: true, inTime: true);
        measure.Count(succeeded: true, inTime: false);
        using var inventory = new HttpClient(new Answers(total, available, reserved, operations)) { BaseAddress = new Uri("http://inventory") };

        Assert.Equal(problems, (await new StockAudit(inventory).CheckAsync("part", ["p"], 10, measure)).Count);
    }

    private sealed class Answers(long total, long available, long reserved, long operations) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var data = request.RequestUri!.AbsolutePath.EndsWith("/operations", StringComparison.Ordinal)
                ? $$"""[{"sequence":{{operations}}}]"""
                : $$"""{"total":{{total}},"available":{{available}},"reserved":{{reserved}}}""";
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent($$"""{"data":{{data}}}""", Encoding.UTF8, "application/json") });
        }
    }
}
