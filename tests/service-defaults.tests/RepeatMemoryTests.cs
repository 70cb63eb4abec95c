using Microsoft.Extensions.Time.Testing;
using OrderInventory.ServiceDefaults.Repeats;

namespace OrderInventory.ServiceDefaults.Tests;

public sealed class RepeatMemoryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RepeatMemory _memory;

    public RepeatMemoryTests() => _memory = new RepeatMemory(_time);

    [Fact]
    public void Read_OfAnOrder_HasEachKindWithItsTimesLatestLast()
    {
        var start = _time.GetUtcNow();
        _memory.Note("o", "topic", "m", RepeatKind.Failed);
        _time.Advance(TimeSpan.FromSeconds(1));
        _memory.Note("o", "POST /api/orders", "k", RepeatKind.Differing);
        _memory.Note("other", "topic", "m", RepeatKind.Again);
        _time.Advance(TimeSpan.FromSeconds(1));
        _memory.Note("o", "topic", "m", RepeatKind.Again);
        _memory.Note("o", "topic", "m", RepeatKind.Failed);

        var (repeats, earlier, since) = _memory.Read("O");

        Assert.Equal(
            [
                new Repeat("POST /api/orders", "k", RepeatKind.Differing, 1, start.AddSeconds(1), start.AddSeconds(1), null),
                new Repeat("topic", "m", RepeatKind.Failed, 2, start, start.AddSeconds(2), null),
                new Repeat("topic", "m", RepeatKind.Again, 1, start.AddSeconds(2), start.AddSeconds(2), null),
            ],
            repeats);
        Assert.Equal((0, start), (earlier, since));
    }

    [Fact]
    public void Done_AfterAFailure_SaysWhenUntilItFailsAgain()
    {
        var start = _time.GetUtcNow();
        _memory.Done("o", "topic", "m");
        Assert.Empty(_memory.Read("o").Repeats);

        _memory.Note("o", "topic", "m", RepeatKind.Failed);
        _time.Advance(TimeSpan.FromSeconds(1));
        _memory.Done("o", "topic", "m");
        _time.Advance(TimeSpan.FromSeconds(1));
        _memory.Done("o", "topic", "m");
        Assert.Equal(new Repeat("topic", "m", RepeatKind.Failed, 1, start, start, start.AddSeconds(1)), Assert.Single(_memory.Read("o").Repeats));

        _memory.Note("o", "topic", "m", RepeatKind.Failed);
        Assert.Null(Assert.Single(_memory.Read("o").Repeats).Done);
    }

    [Fact]
    public void Note_MoreThanIsRemembered_ForgetsTheLongestUnseenAndSaysSinceWhen()
    {
        var start = _time.GetUtcNow();
        for (var i = 0; i < RepeatMemory.MaxRemembered; i++)
        {
            _memory.Note("o" + i, "topic", "m", RepeatKind.Failed);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _memory.Note("o0", "topic", "m", RepeatKind.Failed);
        Assert.Equal(start, _memory.Read("o1").Since);
        _memory.Note("new", "topic", "m", RepeatKind.Again);

        Assert.Empty(_memory.Read("o1").Repeats);
        Assert.Empty(_memory.Read("o1000").Repeats);
        Assert.Single(_memory.Read("o1001").Repeats);
        Assert.Equal(2, Assert.Single(_memory.Read("o0").Repeats).Times);
        Assert.Single(_memory.Read("new").Repeats);
        Assert.Equal(start.AddSeconds(1000), _memory.Read("o1").Since);
    }

    [Fact]
    public void Read_OfMoreThanAreRead_HasTheLatestAndSaysHowManyAreNotThere()
    {
        for (var i = 0; i < RepeatMemory.MaxRead + 2; i++)
        {
            _memory.Note("o", "topic", "m" + i, RepeatKind.Failed);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var (repeats, earlier, _) = _memory.Read("o");

        Assert.Equal(2, earlier);
        Assert.Equal(Enumerable.Range(2, RepeatMemory.MaxRead).Select(i => "m" + i), repeats.Select(repeat => repeat.Id));
    }

    [Fact]
    public void Add_IdOfLate_IsKnownUntilSoManyOthersCame()
    {
        var recent = new RecentIds(2);

        Assert.True(recent.Add("a"));
        Assert.True(recent.Add("b"));
        Assert.False(recent.Add("a"));
        Assert.True(recent.Add("c"));
        Assert.True(recent.Add("a"));
    }
}
