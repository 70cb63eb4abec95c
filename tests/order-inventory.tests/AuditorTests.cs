using System.Net;
using OrderInventory.Auditing;

namespace OrderInventory.Tests;

/// <summary>The auditor finds what is wrong, only what stays wrong, and says what it could not read.</summary>
public sealed class AuditorTests : IDisposable
{
    private static readonly AuditOptions Options = new() { Settle = TimeSpan.FromMilliseconds(1) };

    private readonly FakeSystem _system = new();
    private bool _isLate;

    public AuditorTests()
    {
        _system.Create("book", 10);
        _system.Create("pen", 10);
        Place("o1", "k1", [("book", 2), ("pen", 1)], "PENDING", "CONFIRMED");
        _system.Record("book", "o1", 1, "HELD", 2);
        _system.Record("pen", "o1", 2, "HELD", 1);
    }

    public void Dispose() => _system.Dispose();

    [Fact]
    public async Task Audit_SystemThatIsInOrder_FindsNothingAndCountsWhatItRead()
    {
        var report = await AuditAsync();

        Assert.True(report.Passed);
        Assert.Equal((2, 4, 1, 1), (report.Products, report.Operations, report.Orders, report.Users));
        Assert.Contains(report.NotSeen, part => part.StartsWith("I7", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("available", "I1")]
    [InlineData("sum", "I2")]
    [InlineData("gap", "I2")]
    [InlineData("chain", "I2")]
    [InlineData("same key", "I3")]
    [InlineData("key unknown", "I3")]
    [InlineData("held twice", "I4")]
    [InlineData("shipped unheld", "I4")]
    [InlineData("returned unshipped", "I4")]
    [InlineData("pending", "I5")]
    [InlineData("free", "I6")]
    [InlineData("held after cancel", "I6")]
    [InlineData("wrong quantity", "I6")]
    [InlineData("no order", "I6")]
    [InlineData("no line", "I6")]
    [InlineData("revived", "I7")]
    [InlineData("skipped", "I7")]
    public async Task Audit_Damage_IsFound(string damage, string invariant)
    {
        Damage(damage);

        var report = await AuditAsync();

        Assert.Contains(report.Findings, finding => finding.Finding.Invariant == invariant);
        Assert.All(report.Findings, finding => Assert.Equal(finding.First.Keys, finding.Second.Keys));
    }

    [Fact]
    public async Task Audit_WhatIsOnlyInMotion_IsNoFinding()
    {
        Place("o2", "k2", [("book", 1)], "PENDING", "CANCELLED");
        _system.Record("book", "o2", 1, "HELD", 1);
        var reads = 0;
        // By the second reading the units have been given back.
        _system.OnRequest = path =>
        {
            if (path.EndsWith("/stuck", StringComparison.Ordinal) && ++reads == 2) _system.Record("book", "o2", 1, "RELEASED", 1);
        };

        var report = await AuditAsync();

        Assert.Equal(2, reads);
        Assert.Empty(report.Findings);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public async Task Audit_LineOfNoOrderThatWasGivenBack_IsNoFindingWhenItWasInFull(long given, bool passes)
    {
        _system.Record("book", "o9", 1, "HELD", 2);
        _system.Record("book", "o9", 1, "RELEASED", given);

        var report = await AuditAsync();

        Assert.Equal((passes, 1, 2), (report.Passed, report.MissingOrders, report.Orders));
    }

    [Fact]
    public async Task Audit_YoungOrderOnItsWay_IsCountedAndNoFinding()
    {
        Place("o2", "k2", [("book", 1)], "PENDING");

        var report = await AuditAsync(Options with { Users = ["ann"] });

        Assert.Empty(report.Findings);
        Assert.Equal(1, report.OnTheirWay);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Audit_OldPendingOrderThatNothingElseNames_IsFoundWhereTheListIsTold(bool isTold)
    {
        _isLate = true;
        _system.Orders["o2"] = new FakeOrder("o2", "bob", "k2", [("book", 1)], "PENDING");
        if (!isTold) _system.Instead["/api/orders/recent"] = (HttpStatusCode.Forbidden, """{"code":"OPERATORS_ONLY"}""");

        var report = await AuditAsync();

        Assert.Equal(isTold, report.Findings.Any(finding => finding.Finding.Invariant == "I5" && finding.Finding.Ids.Contains("o2")));
        Assert.Equal(isTold, !report.NotSeen.Any(part => part.StartsWith("orders without operations", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Audit_DamagedProduct_IsAFindingAndTheOthersAreRead()
    {
        _system.Damage("book");

        var report = await AuditAsync();

        Assert.Contains(report.Findings, finding => finding.Finding is { Invariant: "I2", Ids: ["book"] });
        Assert.Equal(2, report.Products);
        Assert.DoesNotContain(report.NotSeen, part => part.Contains("book", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Audit_DamagedProductOfAnEarlierVersion_EndsTheListAndIsAFinding()
    {
        _system.Instead["/api/inventory"] = _system.Instead["/api/inventory/book/operations"] = (HttpStatusCode.InternalServerError, """{"code":"STOCK_DAMAGED","productId":"book"}""");

        var report = await AuditAsync(Options with { Users = ["ann"] });

        Assert.Contains(report.Findings, finding => finding.Finding is { Invariant: "I2", Ids: ["book"] });
        Assert.Equal(2, report.Products);
        Assert.Contains(report.NotSeen, part => part.Contains("book", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Audit_AnswerThatIsNotOneOfTheProduct_HasNoVerdict()
    {
        _system.Instead["/api/orders/o1"] = (HttpStatusCode.OK, "<html>");

        var error = await Assert.ThrowsAsync<UnreadableException>(() => AuditAsync());

        Assert.Contains("/api/orders/o1", error.Message, StringComparison.Ordinal);
    }

    private void Damage(string damage)
    {
        switch (damage)
        {
            case "available": _system.Products["book"] = (1, -1, 2); break;
            case "sum": _system.Products["book"] = (12, 10, 2); break;
            case "gap": _system.Operations["book"].RemoveAt(0); break;
            case "chain": _system.Operations["book"].Add(FakeSystem.Operation(3, "x:request", null, null, 1, "RESTOCKED", 12)); break;
            case "same key": Place("o2", "k1", [("book", 1)], "PENDING", "CANCELLED"); _system.Record("book", "o2", 1, "OUT_OF_STOCK", 1); break;
            case "key unknown": _system.Instead["/api/orders"] = (HttpStatusCode.OK, """{"data":[],"nextCursor":null}"""); break;
            case "held twice": _system.Record("book", "o1", 1, "HELD", 2); break;
            case "shipped unheld": Place("o2", "k2", [("book", 1)], "PENDING", "CONFIRMED", "PAID", "SHIPPED"); _system.Record("book", "o2", 1, "SHIPPED", 1); break;
            case "returned unshipped": _system.Record("book", "o1", 1, "RETURNED", 2); break;
            case "pending": Place("o2", "k2", [("book", 1)], "PENDING"); _isLate = true; break;
            case "free": _system.Orders["o1"] = _system.Orders["o1"] with { Lines = [("book", 2), ("pen", 1), ("book", 1)] }; break;
            case "held after cancel": Place("o1", "k1", [("book", 2), ("pen", 1)], "PENDING", "CANCELLED"); break;
            case "wrong quantity": Place("o1", "k1", [("book", 3), ("pen", 1)], "PENDING", "CONFIRMED"); break;
            case "no order": _system.Record("book", "o9", 1, "OUT_OF_STOCK", 1); break;
            case "no line": _system.Record("book", "o1", 7, "OUT_OF_STOCK", 1); break;
            case "revived": Place("o1", "k1", [("book", 2), ("pen", 1)], "PENDING", "CANCELLED", "CONFIRMED"); break;
            case "skipped": Place("o1", "k1", [("book", 2), ("pen", 1)], "PENDING", "PAID"); break;
            default: throw new ArgumentOutOfRangeException(nameof(damage), damage, "No such damage.");
        }
    }

    private void Place(string id, string key, (string, long)[] lines, params string[] statuses) => _system.Orders[id] = new FakeOrder(id, "ann", key, lines, statuses);

    private async Task<AuditReport> AuditAsync(AuditOptions? options = null)
    {
        var time = new ShiftedTime(FakeSystem.Start + (_isLate ? TimeSpan.FromMinutes(6) : TimeSpan.FromSeconds(1)));
        using var http = new HttpClient(_system, disposeHandler: false) { BaseAddress = new Uri("http://fake") };
        return await new Auditor(new SystemReader(http, http, TimeSpan.Zero, time), options ?? (_isLate ? Options with { Users = ["ann"] } : Options), time, _ => { }).RunAsync(CancellationToken.None);
    }
}
