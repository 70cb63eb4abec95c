using System.Net;
using System.Net.Sockets;
using OrderInventory.Auditing;
using OrderInventory.Cli;
using OrderInventory.Judging;

namespace OrderInventory.Tests;

/// <summary>The command line; on a running system <c>tests/system.tests</c> and <c>bench load</c> use the same auditor.</summary>
public sealed class AuditCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oi-evidence-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Audit_NobodyAnswers_SaysWhatAndWhyAndExitsWith2()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://{taken.LocalEndpoint}";
        taken.Stop();

        var (code, _, errors) = await RunAsync("audit", "--order-app", address, "--inventory-app", address, "--patience", "0");

        Assert.Equal(2, code);
        Assert.Contains($"{address}/api/orders/stuck cannot be read", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Audit_AppDoesNotAnswerForSeconds_SaysWhatItWaitsForLongBeforeItGivesUp(bool hangs)
    {
        // It takes connections and says nothing on them, or nobody is there.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        if (!hangs) listener.Stop();
        var (code, errors) = (0, new Lines());

        var running = Task.Run(async () => code = await new CommandLine(new StringWriter(), errors, TimeProvider.System, _ => null).InvokeAsync(["audit", "--order-app", address, "--inventory-app", address, "--patience", "3"]));
        await errors.First.WaitAsync(TimeSpan.FromSeconds(2.5));
        if (hangs) listener.Stop();
        await running;

        Assert.Equal(2, code);
        Assert.StartsWith($"waits for {address}/api/orders/stuck: {(hangs ? "no answer yet" : "Connection refused")}", errors.All[0], StringComparison.Ordinal);
        Assert.EndsWith("it is asked again for up to 3 s", errors.All[0], StringComparison.Ordinal);
        Assert.Contains("does the app run there? (tried for 3 s)", errors.All[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repair_NobodyAnswers_ChangesNothingAndExitsWith2()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://{taken.LocalEndpoint}";
        taken.Stop();

        var (code, output, errors) = await RunAsync("repair", "--order-app", address, "--inventory-app", address, "--sidecar", address, "--patience", "0", "--apply");

        Assert.Equal((2, ""), (code, output));
        Assert.Contains($"{address}/api/orders/stuck cannot be read", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sidecar", "sidecar")]
    [InlineData("--older-than", "-1")]
    [InlineData("--wait", "long")]
    public async Task Repair_OptionThatMeansNothing_IsRefusedWith2(string option, string value)
    {
        var (code, _, errors) = await RunAsync("repair", option, value);

        Assert.Equal(2, code);
        Assert.Contains(option, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--order-app", "order-app")]
    [InlineData("--settle", "soon")]
    [InlineData("--stuck-after", "-1")]
    [InlineData("--keys-remembered", "0")]
    [InlineData("--surprise", "1")]
    public async Task Audit_OptionThatMeansNothing_IsRefusedWith2(string option, string value)
    {
        var (code, _, errors) = await RunAsync("audit", option, value);

        Assert.Equal(2, code);
        Assert.Contains(option, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_OfAFinding_IsAFolderWithBothReadings()
    {
        var longId = new string('p', 300);
        var finding = new AuditFinding(
            new Finding("I2", ["p"], "p is wrong", "sum p"),
            new Dictionary<string, string> { ["stock/" + longId] = "1", ["operations"] = "[]" },
            new Dictionary<string, string> { ["stock/.."] = "2" });

        var folder = Assert.Single(Evidence.Write(_folder, [finding]));

        Assert.Equal("I2: p is wrong\np\n", File.ReadAllText(Path.Combine(folder, "finding.txt")));
        Assert.Equal(["1", "[]"], Directory.GetFiles(Path.Combine(folder, "first")).Order(StringComparer.Ordinal).Select(File.ReadAllText));
        Assert.Equal("2", File.ReadAllText(Assert.Single(Directory.GetFiles(Path.Combine(folder, "second")))));
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await new CommandLine(output, errors, TimeProvider.System, _ => null).InvokeAsync(arguments);
        return (code, output.ToString(), errors.ToString());
    }

    /// <summary>Lines as they come.</summary>
    private sealed class Lines : StringWriter
    {
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when there is one.</summary>
        public Task First => _first.Task;

        public string[] All => ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            _first.TrySetResult();
        }
    }
}
