using System.Net;
using OrderInventory.Testing;

namespace OrderInventory.Tests.Web;

/// <summary>The audit from the browser.</summary>
public sealed class AuditPageTests
{
    private const string Id = "57061e50-a4b3-8ffd-b03a-a783a1621207";

    [Fact]
    public async Task Audit_OfASystemThatIsWrong_ShowsFindingsWithTheirPages()
    {
        var system = Confirmed();
        system.Products["p"] = (10, 9, 2);
        system.Orders[Id] = system.Orders[Id] with { Statuses = ["PENDING", "CANCELLED"] };
        await using var console = await ConsoleRun.StartAsync(system);

        using var answer = await console.SubmitAsync("/audit", "/audit", ("users", " bob, carol ,"));
        var page = await EndedAsync(console);

        Assert.Contains(">FAIL<", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/products/p\"", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/orders/{Id}\"", page, StringComparison.Ordinal);
        Assert.Contains("of 3 users", page, StringComparison.Ordinal);
        Assert.Contains("I8: messages on topics", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_OfASystemThatIsRight_Passes()
    {
        await using var console = await ConsoleRun.StartAsync(Confirmed());

        using var answer = await console.SubmitAsync("/audit", "/audit");

        Assert.Contains(">PASS<", await EndedAsync(console), StringComparison.Ordinal);
        Assert.Contains(">passed<", await console.PageAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_NotReadable_HasNoVerdictAndSaysWhy()
    {
        var system = Confirmed();
        system.Instead["/api/inventory"] = (HttpStatusCode.Unauthorized, """{"code":"TOKEN_REQUIRED"}""");
        await using var console = await ConsoleRun.StartAsync(system);

        using var answer = await console.SubmitAsync("/audit", "/audit");

        var page = await EndedAsync(console);
        Assert.Contains("No verdict", page, StringComparison.Ordinal);
        Assert.Contains("TOKEN_REQUIRED", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_OfUsersThatCannotBe_SaysWhatTheAppSays()
    {
        var system = new FakeSystem();
        system.Instead["/api/orders"] = (HttpStatusCode.BadRequest, """{"code":"VALIDATION_FAILED","message":"Some fields are not valid.","errors":{"userId":["userId must have no '/'."]}}""");
        await using var console = await ConsoleRun.StartAsync(system);

        using var answer = await console.SubmitAsync("/audit", "/audit", ("users", "a/b"));

        var page = WebUtility.HtmlDecode(await EndedAsync(console));
        Assert.Contains("/api/orders?userId=a%2Fb&limit=100 cannot be read: 400 VALIDATION_FAILED: Some fields are not valid. userId must have no '/'.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{", page[page.IndexOf("The last audit", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_AppIsDown_SaysWhatItWaitsFor()
    {
        var system = Confirmed();
        system.IsDown = true;
        await using var console = await ConsoleRun.StartAsync(system);

        using var answer = await console.SubmitAsync("/audit", "/audit");

        await console.PageWithAsync("/audit", "waits for http://apps/api/orders/stuck: Connection refused");
    }

    [Fact]
    public async Task Audit_RequestThatNoPageSent_IsRefused()
    {
        var system = Confirmed();
        await using var console = await ConsoleRun.StartAsync(system);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("users", "")]);

        Assert.Equal(HttpStatusCode.BadRequest, (await console.Http.PostAsync("/audit", form)).StatusCode);
        Assert.DoesNotContain("The last audit", await console.PageAsync("/audit"), StringComparison.Ordinal);
    }

    private static Task<string> EndedAsync(ConsoleRun console) =>
        Eventually.GetAsync(() => console.PageAsync("/audit"), page => page.Contains("The last audit", StringComparison.Ordinal), TimeSpan.FromSeconds(20), "the audit ended");

    private static FakeSystem Confirmed()
    {
        var system = new FakeSystem();
        system.Create("p", 10);
        system.Record("p", Id, 1, "HELD", 2);
        system.Orders[Id] = new FakeOrder(Id, "ann", "k1", [("p", 2)], "PENDING", "CONFIRMED");
        return system;
    }
}
