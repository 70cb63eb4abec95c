using OrderInventory.Auditing;

namespace OrderInventory.Tests;

/// <summary>What an audit keeps while it runs. No other test runs meanwhile: the memory of the whole process is measured.</summary>
[CollectionDefinition(nameof(AuditorMemoryTests), DisableParallelization = true)]
[Collection(nameof(AuditorMemoryTests))]
public sealed class AuditorMemoryTests
{
    [Fact]
    public async Task Audit_ManyOperations_KeepsNoneInMemory()
    {
        const int Changes = 50_000;
        using var system = new FakeSystem();
        system.Create("pen", 10);
        var operations = system.Operations["pen"];
        for (var i = 0; i < Changes; i++) operations.Add(FakeSystem.Operation(operations.Count + 1, $"k{i}:request", null, null, 0, "ADJUSTED", 10));
        var time = new ShiftedTime(FakeSystem.Start + TimeSpan.FromSeconds(1));
        using var http = new HttpClient(system, disposeHandler: false) { BaseAddress = new Uri("http://fake") };
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;

        var auditor = new Auditor(new SystemReader(http, http, TimeSpan.Zero, time), new AuditOptions { Settle = TimeSpan.FromMilliseconds(1) }, time, progress =>
        {
            if (progress.Operations % 10_000 < 200) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        });
        var report = await auditor.RunAsync(CancellationToken.None);

        Assert.Empty(report.Findings);
        Assert.Equal(Changes + 1, report.Operations);
        Assert.InRange(most, 0, 8_000_000);
    }
}
