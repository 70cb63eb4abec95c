using System.Net;
using OrderInventory.Testing;
using OrderInventory.Tests.Repairing;

namespace OrderInventory.Tests.Web;

/// <summary>From a finding of the audit to what is given back, in the browser.</summary>
public sealed class RepairPageTests
{
    private const string Confirmed = "57061e50-a4b3-8ffd-b03a-a783a1621207";
    private const string Product = "<b>p</b> & q";
    private const string Page = "/repair?order=no%3Asuch&line=1&product=%3Cb%3Ep%3C%2Fb%3E%20%26%20q";

    [Fact]
    public async Task Finding_WithARemedy_LeadsToThePageThatAsksAndThenToItsEffect()
    {
        var system = Lost();
        using var sidecar = new FakeSidecar(system);
        await using var console = await ConsoleRun.StartAsync(system, sidecar: sidecar);

        using var audit = await console.SubmitAsync("/audit", "/audit");
        var found = await EndedAsync(console);
        Assert.Contains($"href=\"{WebUtility.HtmlEncode(Page)}\"", found, StringComparison.Ordinal);
        var asked = await console.PageAsync(Page);
        Assert.Contains("no:such:1:restore", asked, StringComparison.Ordinal);
        Assert.Contains("&quot;RESTORE&quot;", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>p</b>", asked, StringComparison.Ordinal);
        Assert.Empty(sidecar.Published);

        using var done = await console.SubmitAsync(Page, "/repair");
        var page = await done.Content.ReadAsStringAsync();

        Assert.Equal("no:such:1:restore", Assert.Single(sidecar.Published).Id);
        Assert.Contains("Given back", page, StringComparison.Ordinal);
        Assert.Contains("is RELEASED: 2 units", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form method=\"post\" action=\"/repair\"", page, StringComparison.Ordinal);
        Assert.Contains(console.Logged, line => line.Contains($"{Environment.UserName} asked to give back line 1 of no:such: GivenBack", StringComparison.Ordinal));
    }

    [Fact]
    public async Task GiveBack_AskedTwice_IsDoneOnce()
    {
        var system = Lost();
        using var sidecar = new FakeSidecar(system);
        await using var console = await ConsoleRun.StartAsync(system, sidecar: sidecar);
        // One browser: both forms have its cookie.
        await console.PageAsync(Page);
        var forms = await Task.WhenAll(console.SubmitAsync(Page, "/repair"), console.SubmitAsync(Page, "/repair"));

        Assert.All(forms, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal((10, 9, 1), system.Products[Product]);
        foreach (var form in forms) form.Dispose();
    }

    [Fact]
    public async Task GiveBack_SidecarDown_SaysThatItIsNotKnownAndAsksAgain()
    {
        var system = Lost();
        using var sidecar = new FakeSidecar(system) { IsDown = true };
        await using var console = await ConsoleRun.StartAsync(system, sidecar: sidecar);

        using var done = await console.SubmitAsync(Page, "/repair");
        var page = await done.Content.ReadAsStringAsync();

        Assert.Contains("It is not known whether this was done", page, StringComparison.Ordinal);
        Assert.Contains("action=\"/repair\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WithoutSidecar_ShowsTheMessageAndNoButton()
    {
        await using var console = await ConsoleRun.StartAsync(Lost());

        var page = await console.PageAsync(Page);

        Assert.Contains("no:such:1:restore", page, StringComparison.Ordinal);
        Assert.DoesNotContain("action=\"/repair\"", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/repair", HttpStatusCode.NotFound)]
    [InlineData("/repair?order=x&line=one&product=p", HttpStatusCode.NotFound)]
    [InlineData("/repair?order=" + Confirmed + "&line=1&product=%3Cb%3Ep%3C%2Fb%3E%20%26%20q", HttpStatusCode.OK)]
    public async Task Page_OfWhatCannotBeGivenBack_HasNoButton(string address, HttpStatusCode status)
    {
        var system = Lost();
        using var sidecar = new FakeSidecar(system);
        await using var console = await ConsoleRun.StartAsync(system, sidecar: sidecar);

        using var answer = await console.Http.GetAsync(address);

        Assert.Equal(status, answer.StatusCode);
        Assert.DoesNotContain("action=\"/repair\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_OfAStuckOrder_SaysWhereToLookAndHasNoButton()
    {
        var system = Lost();
        system.Operations.Remove(Product);
        system.Products.Remove(Product);
        system.Orders[Confirmed] = system.Orders[Confirmed] with { Statuses = ["PENDING"] };
        using var sidecar = new FakeSidecar(system);
        await using var console = await ConsoleRun.StartAsync(system, sidecar: sidecar);

        using var audit = await console.SubmitAsync("/audit", "/audit", ("users", "ann"));
        var page = await EndedAsync(console);

        Assert.Contains(">I5<", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/stuck\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Give back", page, StringComparison.Ordinal);
    }

    private static Task<string> EndedAsync(ConsoleRun console) =>
        Eventually.GetAsync(() => console.PageAsync("/audit"), page => page.Contains("The last audit", StringComparison.Ordinal), TimeSpan.FromSeconds(20), "the audit ended");

    private static FakeSystem Lost()
    {
        var system = new FakeSystem();
        system.Create(Product, 10);
        system.Record(Product, Confirmed, 1, "HELD", 1);
        system.Record(Product, "no:such", 1, "HELD", 2);
        system.Orders[Confirmed] = new FakeOrder(Confirmed, "ann", "k1", [(Product, 1)], "PENDING", "CONFIRMED");
        return system;
    }
}
