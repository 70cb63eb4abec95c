using Microsoft.Extensions.Time.Testing;
using OrderInventory.ServiceDefaults.Repeats;

namespace OrderInventory.ServiceDefaults.Tests;

public sealed class RepeatMemoryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RepeatMemory _memory;

    public RepeatMemoryTests() => _memory = new RepeatMemory(_time);

    [Fact]
    public void Read_OfAnOrder_HasEachWithItsCountsLatestLast()
    {
        var start = _time.GetUtcNow();
        _memory.Again("o", "topic", "m");
        _time.Advance(TimeSpan.FromSeconds(1));
        _memory.Differing("o", "POST /api/orders", "k");
        _memory.Again("other", "topic", "m");
        _time.Advance(TimeSpan.FromSeconds(1));
        _memory.Failed("o", "topic", "m");
        _memory.Failed("o", "topic", "m");

        var (repeats, since) = _memory.Read("O");

        Assert.Equal(
            [
                new Repeat("POST /api/orders", "k", 0, 0, 1, start.AddSeconds(1), start.AddSeconds(1)),
                new Repeat("topic", "m", 1, 2, 0, start, start.AddSeconds(2)),
            ],
            repeats);
        Assert.Equal(start, since);
    }

    [Fact]
    public void Note_MoreThanIsRemembered_ForgetsTheLongestUnseenAndSaysSinceWhen()
    {
        var start = _time.GetUtcNow();
        for (var i = 0; i < RepeatMemory.MaxRemembered; i++)
        {
            _memory.Failed("o" + i, "topic", "m");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _memory.Again("o0", "topic", "m");
        Assert.Equal(start, _memory.Read("o1").Since);
        _memory.Again("new", "topic", "m");

        Assert.Empty(_memory.Read("o1").Repeats);
        Assert.Empty(_memory.Read("o1000").Repeats);
        Assert.Single(_memory.Read("o1001").Repeats);
        Assert.Equal(1, Assert.Single(_memory.Read("o0").Repeats).Again);
        Assert.Single(_memory.Read("new").Repeats);
        Assert.Equal(start.AddSeconds(1000), _memory.Read("o1").Since);
    }

    [Fact]
    public void Read_OfMoreThanAreShown_HasTheLatest()
    {
        for (var i = 0; i < 101; i++)
        {
            _memory.Failed("o", "topic", "m" + i);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(Enumerable.Range(1, 100).Select(i => "m" + i), _memory.Read("o").Repeats.Select(repeat => repeat.Id));
    }
}
