using DaprLocal.Hosting;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Hosting;

public sealed class AppProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TestFolder _folder = new();
    private readonly StringWriter _shown = new();

    public void Dispose()
    {
        _folder.Dispose();
        _shown.Dispose();
    }

    [Fact]
    public async Task Start_EnvironmentAndDirectory_AreTheAppsOwn()
    {
        Environment.SetEnvironmentVariable("DAPR_LOCAL_TEST_INHERITED", "yes");
        await using var app = Start("echo $APP_ID:$DAPR_LOCAL_TEST_INHERITED:${ASPNETCORE_URLS-removed}; pwd", new() { ["APP_ID"] = "a", ["ASPNETCORE_URLS"] = null });

        Assert.Equal(0, await app.Exited);
        Assert.Equal(["a:yes:removed", _folder.Path], app.LastLines);
        Assert.Contains("== APP - test == a:yes:removed", _shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exited_ManyLines_KeepsTheLastThirty()
    {
        await using var app = Start("i=0; while [ $i -lt 50 ]; do echo out $i; i=$((i+1)); done; exit 7");

        Assert.Equal(7, await app.Exited);
        Assert.Equal(Enumerable.Range(20, 30).Select(number => $"out {number}"), app.LastLines);
    }

    [Fact]
    public async Task Exited_LinesOnBothOutputs_KeepsBothAndTheOneWithoutAnEnd()
    {
        await using var app = Start("echo out; printf 'no newline' >&2; exit 7");

        Assert.Equal(7, await app.Exited);
        // The two outputs are two pipes: which line comes first is not known.
        Assert.Equal(["no newline", "out"], app.LastLines.Order());
    }

    [Fact]
    public async Task Exited_LeftoverHoldsTheOutput_IsReportedAllTheSame()
    {
        await using var app = Start("sleep 60 & echo $!; exit 2");

        Assert.Equal(2, await app.Exited.WaitAsync(Patience));
        ProcessIdentity.Of(int.Parse(app.LastLines[0], null))!.Kill();
    }

    [Fact]
    public async Task StopAsync_AppHandlesTerminate_ItEndsInGoodOrder()
    {
        await using var app = Start("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done");
        await Eventually.TrueAsync(() => app.LastLines.Count > 0, "the app is up");

        await app.StopAsync(Patience, CancellationToken.None);

        Assert.Equal(0, await app.Exited);
        Assert.Contains("bye", app.LastLines);
    }

    [Fact]
    public async Task StopAsync_TreeIgnoresTerminate_IsKilledAfterThePatience()
    {
        await using var app = Start("trap '' TERM; (trap '' TERM; sleep 300; true) & echo up; wait; sleep 300");
        await Eventually.TrueAsync(() => app.LastLines.Count > 0 && ProcessIdentity.Of(app.Id)!.Tree().Count == 3, "the app and its children are up");
        var tree = ProcessIdentity.Of(app.Id)!.Tree();

        await app.StopAsync(TimeSpan.FromMilliseconds(200), CancellationToken.None);

        Assert.Equal(137, await app.Exited);
        await Eventually.TrueAsync(() => !tree.Any(process => process.IsRunning), "nothing of the app is left");
    }

    [Theory]
    [InlineData(true, false, "on Windows apps cannot be asked to end")]
    [InlineData(false, false, "only the process of an app itself is asked to end")]
    [InlineData(false, true, null)]
    public void LimitsOn_Platform_SaysWhatItCannotDo(bool isWindows, bool isLinux, string? limits)
    {
        var said = AppProcess.LimitsOn(isWindows, isLinux);

        Assert.Equal(limits is null, said is null);
        Assert.Contains(limits ?? "", said ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Start_NoSuchProgram_SaysWhichAppAndProgram()
    {
        var error = Assert.Throws<UserException>(() => AppProcess.Start(
            new AppCommand("test", "no-such-program", [], _folder.Path, new Dictionary<string, string?>()), Terminal.For(_shown), ConsoleColor.Cyan, null, TimeProvider.System));

        Assert.Contains("app 'test' cannot be started: 'no-such-program'", error.Message, StringComparison.Ordinal);
    }

    private AppProcess Start(string script, Dictionary<string, string?>? environment = null) => AppProcess.Start(
        new AppCommand("test", "sh", ["-c", script], _folder.Path, environment ?? []), Terminal.For(_shown), ConsoleColor.Cyan, null, TimeProvider.System);
}
