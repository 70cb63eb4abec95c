using System.Diagnostics;
using DaprLocal.Hosting;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Hosting;

public sealed class WatchdogTests
{
    [Fact]
    public async Task RunAsync_PipeEnds_KillsWhatItWatchesAndNothingElse()
    {
        using var watched = Process.Start("sh", ["-c", "sleep 300; true"]);
        using var other = Process.Start("sleep", ["300"]);
        using var reused = Process.Start("sleep", ["300"]);
        var identity = ProcessIdentity.Of(watched.Id)!;
        await Eventually.TrueAsync(() => identity.Tree().Count == 2, "the shell has its child");
        var tree = identity.Tree();

        await Watchdog.RunAsync(new StringReader(
            $"{identity.Id} {identity.Started}\n{reused.Id} 1\nnonsense\n"));

        await Eventually.TrueAsync(() => !tree.Any(process => process.IsRunning), "the tree is gone");
        Assert.False(other.HasExited);
        Assert.False(reused.HasExited, "an id used again by another process is not touched");
        other.Kill();
        reused.Kill();
    }

    [Fact]
    public async Task DisposeAsync_NothingWatched_WatchdogEnds()
    {
        var watchdog = Watchdog.Start();
        var identity = ProcessIdentity.Of(watchdog.Id)!;

        await watchdog.DisposeAsync();

        Assert.False(identity.IsRunning);
    }
}
