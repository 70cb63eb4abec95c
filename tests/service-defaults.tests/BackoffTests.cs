using Microsoft.Extensions.Time.Testing;
using OrderInventory.ServiceDefaults.Rounds;

namespace OrderInventory.ServiceDefaults.Tests;

public sealed class BackoffTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    [InlineData(11, 250)]
    public void AfterAsync_Try_WaitsUpToItsStep(int attempt, int milliseconds)
    {
        var always = new Backoff(new Always(0.999), _time).AfterAsync(attempt, "lost", CancellationToken.None);
        Assert.False(always.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds * 0.7));
        Assert.False(always.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds * 0.3));
        Assert.True(always.IsCompletedSuccessfully);

        Assert.True(new Backoff(new Always(0), _time).AfterAsync(attempt, "lost", CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task AfterAsync_LastTry_SaysWhatCouldNotBeDone()
    {
        var error = await Assert.ThrowsAsync<DependencyUnavailableException>(() => new Backoff(new Always(0), _time).AfterAsync(Backoff.MaxAttempts, "It was lost.", CancellationToken.None));

        Assert.Equal("It was lost.", error.Message);
    }

    [Fact]
    public async Task AfterAsync_Cancelled_Ends()
    {
        using var stop = new CancellationTokenSource();
        var waiting = new Backoff(new Always(0.999), _time).AfterAsync(5, "lost", stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private sealed class Always(double chance) : Random
    {
        public override double NextDouble() => chance;
    }
}
