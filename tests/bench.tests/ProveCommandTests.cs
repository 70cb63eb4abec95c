using System.Text.Json;
using System.Xml.Linq;
using OrderInventory.Testing;

namespace OrderInventory.Bench.Tests;

/// <summary>One run of <c>bench prove</c> with one fault in each schedule, which takes seconds; with two it takes minutes.</summary>
public sealed class ProveRun : IAsyncLifetime
{
    internal JsonElement Report { get; private set; }

    internal int ExitCode { get; private set; }

    public async Task InitializeAsync()
    {
        // One process at a time: each compiles the same code first, and other tests have the other processor.
        (ExitCode, Report, _) = await BenchRun.JsonAsync(["prove", "--faults", "1", "--processes", "1", .. FullSize.IsWanted ? (string[])["--unseen"] : []]);
    }

    public Task DisposeAsync() => Task.CompletedTask;
}

/// <summary>The product holds I1 to I8 after every schedule with one fault, and each known defect does not.</summary>
public sealed class ProveCommandTests(ProveRun run) : IClassFixture<ProveRun>
{
    public static TheoryData<string> Mutants { get; } =
        [.. XDocument.Load(Path.Combine(Repository.Root, "proof/mutants/mutants.xml")).Root!.Elements("mutant").Select(mutant => mutant.Attribute("name")!.Value)];

    // May only become shorter. What was published, and when, the auditor cannot see; what a client was told neither.
    private static readonly string[] Unseen =
        ["publish-without-driver", "not-published-again", "published-by-wrong-call", "order-save-trusted", "trust-the-error", "save-without-etag", "take-over-without-group", "acknowledge-before-publish", "late-payment-untold", "told-without-note", "acknowledge-before-telling"];

    [Fact]
    public void Prove_EveryScheduleWithOneFault_ViolatesNothing()
    {
        var scenarios = run.Report.GetProperty("scenarios").EnumerateArray().ToArray();

        Assert.All(scenarios, scenario => Assert.True(scenario.GetProperty("violated").GetInt32() == 0, scenario.ToString()));
        // A harness that lost sight of most of what can go wrong would find nothing either. A look at an empty agenda has one fault, another step two to six.
        Assert.All(scenarios, scenario => Assert.InRange(scenario.GetProperty("schedules").GetInt32(), 1 + scenario.GetProperty("steps").GetInt32(), int.MaxValue));
        Assert.InRange(scenarios.Sum(scenario => scenario.GetProperty("schedules").GetInt32()), 2 * scenarios.Sum(scenario => scenario.GetProperty("steps").GetInt32()), int.MaxValue);
        Assert.Equal(12, scenarios.Length);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Mutants))]
    public void Prove_Mutant_IsKilled(string name)
    {
        var mutant = run.Report.GetProperty("mutants").EnumerateArray().Single(mutant => mutant.GetProperty("name").GetString() == name);

        var killed = mutant.GetProperty("killed");
        Assert.NotEqual(JsonValueKind.Null, killed.ValueKind);
        // By an invariant, and not because the simulation broke down.
        Assert.Matches("^(I[1-8]|outcome): ", killed.GetProperty("violations")[0].GetString());
    }

    [Theory]
    [MemberData(nameof(Mutants))]
    public void Prove_Mutant_IsFoundByTheAuditorWhereItsDamageShowsOverHttp(string name)
    {
        var mutant = run.Report.GetProperty("mutants").EnumerateArray().Single(mutant => mutant.GetProperty("name").GetString() == name);

        var audited = mutant.GetProperty("audited");
        if (Unseen.Contains(name)) Assert.True(audited.ValueKind == JsonValueKind.Null, "It is found now: take its reason out of mutants.xml and its name out of this list.");
        else Assert.Matches("^I[1-8]: ", audited.GetProperty("findings")[0].GetString());
        Assert.Equal(Unseen.Contains(name), mutant.GetProperty("unseen").ValueKind == JsonValueKind.String);
    }
}
