using System.Xml.Linq;
using OrderInventory.Testing;

namespace OrderInventory.Bench.Tests;

/// <summary>Load on the real processes, one of which is killed now and then, and the verdict; how fast it was is no matter of a test.</summary>
public sealed class LoadCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oi-load-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The servers of the second are started by eng/servers, where there is a Kafka for it. Kills on them are in .ci/run as well: of system.tests, and during the upgrade.
    public static TheoryData<string> Systems() => FullSize.IsWanted && Environment.GetEnvironmentVariable("OI_KAFKA") is { Length: > 0 } ? ["local", "kafka-postgres"] : ["local"];

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task Load_WithKills_ViolatesNothingAndAccountsForEveryRequest(string components)
    {
        var html = Path.Combine(_folder, "load.html");
        var killed = FullSize.Or(6, small: 3);

        var (exitCode, report, progress) = await BenchRun.JsonAsync(
            "load", "--components", components, "--kills", $"{killed}", "--kill", "2", "--rate", "40", "--products", "5", "--stock", "50", "--seed", "52", "--reused-keys", "10", "--cancels", "20", "--html", html);

        Assert.Empty(report.GetProperty("findings").EnumerateArray());
        Assert.Equal(0, exitCode);
        Assert.Equal(killed, report.GetProperty("kills").GetArrayLength());
        // With this seed, in either system and at either size.
        Assert.Contains("with a torn write", progress, StringComparison.Ordinal);
        var kinds = report.GetProperty("kinds").EnumerateArray().ToDictionary(kind => kind.GetProperty("name").GetString()!);
        Assert.Equal(["Cancel", "Duplicate", "Pay", "Place", "Restock", "ReusedKey"], kinds.Keys.Order());
        Assert.Equal("422", Assert.Single(kinds["ReusedKey"].GetProperty("outcomes").EnumerateObject()).Name);
        Assert.Equal("201 replayed", Assert.Single(kinds["Duplicate"].GetProperty("outcomes").EnumerateObject()).Name);
        Assert.All(kinds.Values, kind => Assert.Equal(kind.GetProperty("count").GetInt64(), kind.GetProperty("outcomes").EnumerateObject().Sum(outcome => outcome.Value.GetInt64())));
        // Every order that was answered was audited.
        Assert.True(report.GetProperty("auditedOrders").GetInt64() >= kinds["Place"].GetProperty("count").GetInt64());
        Assert.InRange(report.GetProperty("seconds").GetArrayLength(), killed, 120);

        // The first line is the doctype of HTML, the rest XML as well.
        var page = XDocument.Parse(File.ReadAllText(html)[(File.ReadAllText(html).IndexOf('\n', StringComparison.Ordinal) + 1)..]);
        Assert.Equal(3, page.Descendants("svg").Count());
        Assert.Contains("PASS", page.Descendants("h1").Single().Value, StringComparison.Ordinal);
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName is "src" or "href");
    }

    [Theory]
    [InlineData("--kills must be from 0 to 10000.", "--kills", "many")]
    [InlineData("--rate must be from 1 to 20000.", "--rate", "0")]
    [InlineData("--duration must be from 1 to 3600.", "--duration", "1h")]
    [InlineData("--skew must be from 0 to 5.", "--skew", "-1")]
    [InlineData("--kill must be from 0 to 3600.", "--kill", "10s")]
    [InlineData("--cancels must be from 0 to 100.", "--cancels", "101")]
    [InlineData("The shares of all kinds together must be at most 100 percent.", "--cancels", "60", "--pays", "60")]
    [InlineData("--rate times --duration must be at most 5000000.", "--rate", "20000", "--duration", "3600")]
    [InlineData("--order-app and --inventory-app belong together.", "--order-app", "http://127.0.0.1:1")]
    [InlineData("--order-app must be an address such as http://127.0.0.1:5101.", "--order-app", "order-app")]
    [InlineData("--kill and --kills are for a system that bench starts; they go without --order-app.", "--order-app", "http://127.0.0.1:1", "--inventory-app", "http://127.0.0.1:1", "--kill", "5")]
    [InlineData("--earlier goes without --order-app, --kill and --kills.", "--earlier", "/nowhere", "--kill", "5")]
    [InlineData("--earlier needs --components with kafka", "--earlier", "/nowhere")]
    [InlineData("'paper'", "--components", "paper")]
    public async Task Load_OptionsThatMeanNothing_AreRefused(string error, params string[] arguments)
    {
        var errors = new StringWriter();

        var exitCode = await new CommandLine(new StringWriter(), errors, TimeProvider.System).InvokeAsync(["load", .. arguments]);

        Assert.Equal(1, exitCode);
        Assert.Contains(error, errors.ToString(), StringComparison.Ordinal);
    }
}
