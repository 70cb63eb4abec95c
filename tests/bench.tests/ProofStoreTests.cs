using System.Globalization;
using OrderInventory.Bench.Prove;
using OrderInventory.Testing;

namespace OrderInventory.Bench.Tests;

/// <summary>
/// The proof on dapr-local's own stores, those that play the recordings of the real daprd: what the usual store in memory
/// is kinder in would show. SQLite always, PostgreSQL and Redis where OI_POSTGRES and OI_REDIS say that they are.
/// </summary>
public sealed class ProofStoreTests
{
    public static TheoryData<string> Stores => ["sqlite", .. Has("OI_POSTGRES") ? (string[])["postgresql"] : [], .. Has("OI_REDIS") ? (string[])["redis"] : []];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Proof_OnARealStore_IsTheSameAsInMemory(string store)
    {
        var (expected, actual) = (await RunAsync("in-memory"), await RunAsync(store));

        Assert.Equal(0, actual.Violated);
        // The same steps and the same ways to go wrong: nothing depends on the kind of store.
        Assert.Equal((expected.Steps, expected.Schedules), (actual.Steps, actual.Schedules));
    }

    private static bool Has(string server) => Environment.GetEnvironmentVariable(server) is { Length: > 0 };

    private static async Task<ProofLine> RunAsync(string store)
    {
        ProofLine? result = null;
        await ProofProcess.RunAsync("world", ["--scenario", "order", "--faults", "1", "--store", store, "--share", "0/" + FullSize.Or(1, small: 3).ToString(CultureInfo.InvariantCulture)], line => result = line.Progress is null ? line : result, CancellationToken.None);
        return result!;
    }
}
