using System.Net;
using OrderInventory.Auditing;
using OrderInventory.Cli;
using OrderInventory.Repairing;

namespace OrderInventory.Tests.Repairing;

/// <summary>What no order owns is given back, once, and nothing else is.</summary>
public sealed class RepairTests : IDisposable
{
    private const string Book = "book & <pen>";

    private static readonly HeldLine Lost = new("lost", 1, Book);

    private readonly FakeSystem _system = new();
    private readonly FakeSidecar _sidecar;

    public RepairTests()
    {
        _sidecar = new FakeSidecar(_system);
        _system.Create(Book, 100);
        foreach (var id in new[] { "o1", "o2", "o3" }) Place(id, "PENDING", "CONFIRMED");
    }

    public void Dispose()
    {
        _sidecar.Dispose();
        _system.Dispose();
    }

    [Fact]
    public async Task Repair_Dry_SaysWhatItWouldDoAndChangesNothing()
    {
        Lose();

        var report = await RunAsync(apply: false);

        Assert.Equal((1, 97L - 3), (report.Code, _system.Products[Book].Available));
        Assert.Empty(_sidecar.Published);
        var output = new StringWriter();
        RepairReportText.Write(report, applied: false, output);
        Assert.Contains("give back 3 units", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("nothing was changed", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repair_Applied_PublishesExactlyTheMessageAndReadsWhatCameOfIt()
    {
        Lose();

        var report = await RunAsync();

        var published = Assert.Single(_sidecar.Published);
        Assert.Equal(("/v1.0/publish/pubsub/inventory-deduction", Book, "lost:1:restore", "InventoryDeductionMessage", "application/json"), (published.Path, published.Key, published.Id, published.Type, published.ContentType));
        Assert.Equal(
            """{"operation":"RESTORE","orderId":"lost","line":1,"productId":"book \u0026 \u003Cpen\u003E","quantity":3,"idempotencyKey":"lost:1:restore","correlationId":"lost","timestamp":"2026-01-02T03:04:05+00:00"}""",
            published.Json);
        Assert.Equal((0, LineEnd.GivenBack), (report.Code, Assert.Single(Assert.Single(report.Items).Outcomes).End));
        Assert.Equal("lost:1:restore is RELEASED: 3 units of book & <pen>, 97 available after it", report.Items[0].Outcomes[0].Says);
        Assert.Equal((0, 0), ((await RunAsync()).Code, (await RunAsync()).Items.Count));
    }

    [Theory]
    [InlineData("PENDING CANCELLED")]
    [InlineData("PENDING CONFIRMED PAID REFUNDED")]
    public async Task Repair_OrderThatEnded_GivesBackWhatItHolds(string statuses)
    {
        Place("o3", statuses.Split(' '));

        Assert.Equal(0, (await RunAsync()).Code);
        Assert.Equal("o3:1:restore", Assert.Single(_sidecar.Published).Id);
    }

    [Theory]
    [InlineData("PENDING CONFIRMED", "its own")]
    [InlineData("PENDING CONFIRMED PAID", "its own")]
    [InlineData("PENDING", "its own")]
    [InlineData("PENDING CONFIRMED PAID SHIPPED REFUNDED", "its own")]
    [InlineData("another line", "no such line")]
    [InlineData("transitions", "its own transitions")]
    [InlineData("young", "none yet")]
    [InlineData("held twice", "contradicts itself")]
    [InlineData("fenced", "recorded already, as FENCED")]
    [InlineData("not for operators", "operators only")]
    public async Task GiveBack_WhatMayBeOwned_IsLeftAlone(string what, string why)
    {
        Lose();
        var olderThan = TimeSpan.FromMinutes(10);
        switch (what)
        {
            case "another line": _system.Orders["lost"] = new FakeOrder("lost", "ann", "k", [("other", 3)], "PENDING", "CANCELLED"); break;
            case "transitions":
                Place("lost", "PENDING", "CANCELLED");
                _system.Instead["/api/orders/lost/history"] = (HttpStatusCode.OK, """{"data":[{"sequence":1,"newStatus":"PENDING"},{"sequence":2,"newStatus":"CONFIRMED"}]}""");
                break;
            case "young": olderThan = TimeSpan.FromHours(2); break;
            case "held twice": _system.Record(Book, "lost", 1, "HELD", 3); break;
            case "fenced": _system.Operations[Book].Add(FakeSystem.Operation(9, "lost:1:restore", "lost", 1, 0, "FENCED", 90)); break;
            case "not for operators": _system.Instead["/api/orders/stuck"] = (HttpStatusCode.Forbidden, """{"code":"OPERATORS_ONLY"}"""); break;
            default: _system.Orders["lost"] = new FakeOrder("lost", "ann", "k", [(Book, 3)], what.Split(' ')); break;
        }

        var outcome = await UseAsync((_, repairer) => repairer.GiveBackAsync(Lost, CancellationToken.None), olderThan);

        Assert.Equal(LineEnd.Skipped, outcome.End);
        Assert.Contains(why, outcome.Says, StringComparison.Ordinal);
        Assert.Empty(_sidecar.Published);
    }

    [Fact]
    public async Task Repair_LineThatWasGivenBackMeanwhile_IsSkippedAndDone()
    {
        Lose();
        // Both readings are over when the line is read by itself.
        var reads = 0;
        _system.OnRequest = path =>
        {
            if (path == "/api/orders/lost" && ++reads == 2) _system.Record(Book, "lost", 1, "RELEASED", 3);
        };

        var report = await RunAsync();

        Assert.Equal((0, LineEnd.NothingLeft), (report.Code, report.Items.Single().Outcomes.Single().End));
        Assert.Empty(_sidecar.Published);
    }

    [Fact]
    public async Task Repair_MostOrdersUnknown_DoesNothing()
    {
        _system.Orders.Clear();
        Place("o1", "PENDING", "CONFIRMED");

        var report = await RunAsync();

        Assert.Equal(1, report.Code);
        Assert.Contains("one system", report.Problem, StringComparison.Ordinal);
        Assert.Empty(_sidecar.Published);
    }

    [Theory]
    [InlineData(null, "does not answer")]
    [InlineData(HttpStatusCode.Forbidden, "not allowed")]
    public async Task Repair_SidecarThatDoesNotPublish_Is2AndGoesOnLater(HttpStatusCode? status, string why)
    {
        Lose();
        Lose("gone");
        (_sidecar.IsDown, _sidecar.Refuses) = (status is null, status);

        var report = await RunAsync();

        // What does not answer is asked once.
        var outcome = Assert.Single(report.Items.SelectMany(item => item.Outcomes));
        Assert.Equal((2, LineEnd.NotKnown), (report.Code, outcome.End));
        Assert.Contains(why, outcome.Says, StringComparison.Ordinal);
        Assert.Contains("not tried", report.Problem, StringComparison.Ordinal);
        (_sidecar.IsDown, _sidecar.Refuses) = (false, null);
        Assert.Equal(0, (await RunAsync()).Code);
        Assert.Equal(["gone:1:restore", "lost:1:restore"], _sidecar.Published.Select(published => published.Id).Order());
    }

    [Fact]
    public async Task Repair_Repeated_HasOneEffect()
    {
        Lose();
        _sidecar.Delivers = false;

        var first = await RunAsync();
        _sidecar.Delivers = true;
        var second = await RunAsync();

        Assert.Equal((1, LineEnd.NotSeen), (first.Code, first.Items.Single().Outcomes.Single().End));
        Assert.Equal((0, 97L), (second.Code, _system.Products[Book].Available));
        Assert.Equal(2, _sidecar.Published.Count);
        Assert.Single(_sidecar.Published.Distinct());
    }

    [Fact]
    public async Task Repair_FindingsWithoutRemedy_SaysWhomToAsk()
    {
        _system.Products[Book] = (101, 97, 3);
        _system.Record(Book, "never", 1, "OUT_OF_STOCK", 1);

        var report = await RunAsync();

        Assert.Equal((1, null), (report.Code, report.Problem));
        Assert.All(report.Items, item => Assert.Contains("docs/operations.md", item.Remedy.None, StringComparison.Ordinal));
        Assert.Empty(_sidecar.Published);
    }

    private void Lose(string orderId = "lost") => _system.Record(Book, orderId, 1, "HELD", 3);

    private void Place(string id, params string[] statuses)
    {
        if (!_system.Operations[Book].Any(operation => operation.ToString()!.Contains($"{id}:1:deduct", StringComparison.Ordinal))) _system.Record(Book, id, 1, "HELD", 1);
        _system.Orders[id] = new FakeOrder(id, "ann", "key of " + id, [(Book, 1)], statuses);
    }

    private Task<RepairReport> RunAsync(bool apply = true) => UseAsync((repair, _) => repair.RunAsync(apply, CancellationToken.None), TimeSpan.FromMinutes(10));

    private async Task<T> UseAsync<T>(Func<Repair, Repairer, Task<T>> use, TimeSpan olderThan)
    {
        var time = new ShiftedTime(FakeSystem.Start + TimeSpan.FromHours(1));
        using var http = new HttpClient(_system, disposeHandler: false) { BaseAddress = new Uri("http://fake") };
        using var sidecar = new HttpClient(_sidecar, disposeHandler: false) { BaseAddress = new Uri("http://sidecar") };
        var reader = new SystemReader(http, http, TimeSpan.Zero, time);
        var repairer = new Repairer(reader, new Sidecar(sidecar), olderThan, TimeSpan.FromMilliseconds(300), time);
        return await use(new Repair(new Auditor(reader, new AuditOptions { Settle = TimeSpan.FromMilliseconds(1) }, time, _ => { }), repairer, olderThan, time), repairer);
    }
}
