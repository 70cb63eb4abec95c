using DaprLocal.Config;
using DaprLocal.State;

namespace DaprLocal.Tests.State;

/// <summary>The outbound policy of a store: what is tried again, how often, and what the caller hears.</summary>
public sealed class ResilientStateStoreTests
{
    private static readonly ComponentPolicy TwoRetries = new(new RetryPolicy(false, TimeSpan.FromMilliseconds(1), TimeSpan.Zero, 2), null);
    private static readonly StateOperation Save = new(false, "k") { Value = "1"u8.ToArray() };

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Calls_StoreFailsSoOften_AreRepeatedAsThePolicySays(int failures, bool succeeds)
    {
        Func<IStateStore, Task>[] calls =
        [
            async store => await store.GetAsync("k", default),
            async store => await store.GetAsync(["k", "l"], default),
            store => store.ApplyAsync(Save, default),
            store => store.TransactAsync([Save], default),
            store => Task.WhenAll(store.ApplyEach([Save], default)),
        ];
        foreach (var call in calls)
        {
            var inner = new FailingStore(() => new StateStoreException("down"), failures);
            await using var store = new ResilientStateStore(inner, TwoRetries, TimeProvider.System);

            var error = await Record.ExceptionAsync(() => call(store));

            Assert.Equal(succeeds, error is null);
            Assert.Equal(3, inner.Calls);
        }
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 3)]
    public async Task Apply_LostRace_IsRepeatedForDeletesOnly(bool isDelete, int calls)
    {
        var inner = new FailingStore(() => new ETagMismatchException(), failures: 9);
        await using var store = new ResilientStateStore(inner, TwoRetries, TimeProvider.System);

        await Assert.ThrowsAsync<ETagMismatchException>(() => store.ApplyAsync(Save with { IsDelete = isDelete, ETag = "7" }, default));

        Assert.Equal(calls, inner.Calls);
    }

    [Fact]
    public async Task Apply_LongerThanTheTimeLimit_EndsWithDaprdsWords()
    {
        var inner = new FailingStore(() => new StateStoreException("down"), failures: 0) { Hangs = true };
        await using var store = new ResilientStateStore(inner, new ComponentPolicy(null, TimeSpan.FromMilliseconds(10)), TimeProvider.System);

        var error = await Assert.ThrowsAsync<StateStoreException>(() => store.ApplyAsync(Save, default));

        Assert.Equal("context deadline exceeded", error.Message);
    }

    private sealed class FailingStore(Func<Exception> error, int failures) : IStateStore
    {
        public bool Hangs { get; init; }

        public int Calls { get; private set; }

        public IReadOnlyList<string> Capabilities => [];

        public async ValueTask<StateRecord?> GetAsync(string key, CancellationToken ct)
        {
            await CallAsync(ct);
            return null;
        }

        public async ValueTask<IReadOnlyList<StateEntry>> GetAsync(IReadOnlyList<string> keys, CancellationToken ct)
        {
            await CallAsync(ct);
            return [];
        }

        public Task ApplyAsync(StateOperation operation, CancellationToken ct) => CallAsync(ct);

        public Task TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken ct) => CallAsync(ct);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async Task CallAsync(CancellationToken ct)
        {
            if (Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            if (++Calls <= failures) throw error();
        }
    }
}
