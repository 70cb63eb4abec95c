using InventoryApp.Domain;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;
using Xunit.Abstractions;

namespace InventoryApp.Tests.Exploration;

/// <summary>The stock protocol under every interleaving of small scenarios: two processes, duplicates, reordering, faults.</summary>
public sealed class StockExplorationTests(ITestOutputHelper output)
{
    private static readonly LineCommand Deduct1 = Line("o1", OperationKind.Deduct);
    private static readonly LineCommand Deduct2 = Line("o2", OperationKind.Deduct);
    private static readonly LineCommand Restore1 = Line("o1", OperationKind.Restore);
    private static readonly LineCommand Ship1 = Line("o1", OperationKind.Ship);

    // For each process, its deliveries. A line moves both units there are, so that two orders compete for them.
    private static readonly Dictionary<string, LineCommand[][][]> Scenarios = new()
    {
        ["two orders compete"] = [[[Deduct1], [Deduct1]], [[Deduct2]]],
        ["deduct and restore, twice and reordered"] = [[[Deduct1], [Restore1]], [[Restore1], [Deduct1]]],
        ["deduct, restore and ship"] = [[[Deduct1], [Ship1]], [[Deduct1], [Restore1]]],
        ["trimmed while another reads"] = [[[Deduct1], [Deduct2]], [[Deduct1]]],
        ["batches that overlap"] = [[[Deduct1, Deduct2]], [[Deduct2, Restore1], [Ship1]]],
        ["rounds over two products"] = [[[Deduct1, Other(Deduct2)]], [[Other(Deduct1), Deduct2]]],
    };

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            // With a fault as well the longest take half a minute each.
            foreach (var scenario in Scenarios.Keys) cases.Add(scenario, scenario is "two orders compete" or "trimmed while another reads" or "rounds over two products" ? 1 : FullSize.Or(1, small: 0));
            // The others hold with two faults as well, but take minutes.
            if (FullSize.IsWanted) cases.Add("two orders compete", 2);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public Task ApplyAsync_EveryInterleavingWithFaults_KeepsInvariants(string scenario, int faults) => OffTheTestsContext(() =>
    {
        var explorer = new Explorer(() => new StockModel(Scenarios[scenario], faults));

        var interleavings = explorer.VisitAll();

        output.WriteLine($"{scenario}, up to {faults} faults: {interleavings:N0} interleavings, {explorer.States:N0} states");
        Assert.True(interleavings > 1000);
    });

    [Theory]
    [InlineData("the archive is read before the document")]
    [InlineData("the journal is trimmed before the archive is written")]
    [InlineData("the document is saved without its ETag")]
    [InlineData("a failed bulk save is taken for an applied one")]
    public Task VisitAll_BrokenProtocol_FindsTheViolation(string defect) => OffTheTestsContext(() =>
    {
        Func<IStateStore, IStateStore> broken = defect switch
        {
            "the archive is read before the document" => store => new ArchiveFirst(store),
            "the journal is trimmed before the archive is written" => store => new ArchiveLast(store),
            "a failed bulk save is taken for an applied one" => store => new TrustedSave(store),
            _ => store => new NoETag(store),
        };
        // To be wrong about a lost race shows when the other writer did something else.
        var scenario = defect.StartsWith("a failed bulk save", StringComparison.Ordinal) ? "two orders compete" : "trimmed while another reads";
        var explorer = new Explorer(() => new StockModel(Scenarios[scenario], faults: 0, broken));

        var found = Assert.Throws<ViolationException>(() => explorer.VisitAll());

        output.WriteLine(found.Message);
    });

    // The second line of the order, over another product.
    private static LineCommand Other(LineCommand command) => command with { ProductId = "q", Line = 2, OperationId = LineCommand.IdOf(command.OrderId, 2, command.Kind) };

    private static LineCommand Line(string order, OperationKind kind) => new("p", order, 1, kind, StockModel.Units);

    // xunit's context would carry continuations to other threads; without it a step runs to its end where it is taken.
    private static Task OffTheTestsContext(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
