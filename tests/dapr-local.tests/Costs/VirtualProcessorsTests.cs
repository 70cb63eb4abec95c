using DaprLocal.Costs;
using Microsoft.Extensions.Time.Testing;

namespace DaprLocal.Tests.Costs;

public sealed class VirtualProcessorsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Work_ThreeAtOnce_TwoSideBySideAndTheThirdBehindThem()
    {
        var processors = new VirtualProcessors(2, _time);
        Task[] work = [.. Enumerable.Range(0, 3).Select(_ => processors.WorkAsync(TimeSpan.FromMilliseconds(10), CancellationToken.None))];

        Assert.Equal([false, false, false], DoneAfter(9, work));
        Assert.Equal([true, true, false], DoneAfter(1, work));
        Assert.Equal([true, true, false], DoneAfter(9, work));
        Assert.Equal([true, true, true], DoneAfter(1, work));
    }

    [Fact]
    public void Work_ShortBehindLong_WaitsForItsTurn()
    {
        var processors = new VirtualProcessors(1, _time);
        Task[] work = [processors.WorkAsync(TimeSpan.FromMilliseconds(10), CancellationToken.None), processors.WorkAsync(TimeSpan.FromMilliseconds(1), CancellationToken.None)];

        Assert.Equal([true, false], DoneAfter(10, work));
        Assert.Equal([true, true], DoneAfter(1, work));
    }

    [Fact]
    public void Work_AfterIdleTime_BeginsAtOnce()
    {
        var processors = new VirtualProcessors(1, _time);
        _ = processors.Book(TimeSpan.FromMilliseconds(10));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromMilliseconds(5), processors.Book(TimeSpan.FromMilliseconds(5)));
    }

    [Fact]
    public void Work_ShorterThanATimer_IsOnTheBooks()
    {
        var processors = new VirtualProcessors(1, _time);
        for (var i = 0; i < 10; i++) _ = processors.Book(TimeSpan.FromMilliseconds(0.5));

        Assert.Equal(TimeSpan.FromMilliseconds(5.5), processors.Book(TimeSpan.FromMilliseconds(0.5)));
    }

    private bool[] DoneAfter(int milliseconds, Task[] work)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return [.. work.Select(task => task.IsCompleted)];
    }
}
