using System.Text.RegularExpressions;
using OrderInventory.Testing;

namespace OrderInventory.Architecture.Tests;

/// <summary>
/// Every command that a document gives is run by a test, or by .ci/run, or its paragraph is marked with what it needs:
/// <c>(Docker)</c>, <c>(Dapr)</c>, <c>(Kubernetes)</c>, or <c>(writes files)</c> for one that changes the checkout.
/// </summary>
public sealed partial class CommandTests
{
    private const string Ci = ".ci/run";

    // The longest beginning that fits counts. Who runs it: a test, or a line of .ci/run that contains the text, or a mark.
    private static readonly (string Begins, string RunBy)[] Known =
    [
        ("dotnet build", "dotnet test"),
        ("dotnet test", "dotnet test"),
        ("dotnet format", "dotnet format $whitespace --verify-no-changes"),
        (".ci/run", Ci),
        ("eval \"$(eng/servers start", "eng/servers start"),
        ("OI_COMPONENTS=components/kafka-postgres dotnet test tests/system.tests", "OI_COMPONENTS=components/$1"),
        ("OI_IMAGES=DIR dotnet test tests/system.tests", "OI_IMAGES=$work/images"),
        ("dotnet run --project tools/dapr-local", "dotnet run --project tools/dapr-local"),
        ("dotnet run --project tools/dapr-local -- run -f samples/order-feed/dapr.local.yaml", "-- run -f samples/order-feed/dapr.local.yaml"),
        ("dotnet run --project tools/dapr-local -- reset", "RunCommandTests.Reset_WithoutYes_AsksFirst"),
        ("dotnet run --project tools/order-inventory -- console", "ConsoleTests.Page_AllowsNothingButItsOwnFiles"),
        ("dotnet run --project tools/dapr-local -- --dashboard", "FirstMinuteTests.Run_WithTheDashboard_ShowsTheOrderAsOneTraceAndEndsWithIt"),
        ("curl ", "ReadmeTests.Commands_OfTheReadme_DoWhatItSays"),
        ("dotnet run --project proof/world", "ProofScheduleTests.Schedule_RunTwice_TellsTheSameStory"),
        ("dotnet run -c Release --project proof/bench -- prove", "ProveCommandTests.Prove_EveryScheduleWithOneFault_ViolatesNothing"),
        ("dotnet run -c Release --project proof/bench -- stock", "StockCommandTests.Stock_ShortRun_WritesFiguresOfWhatAddsUp"),
        ("dotnet run -c Release --project proof/bench -- load", "LoadCommandTests.Load_WithKills_ViolatesNothingAndAccountsForEveryRequest"),
        ("dotnet run -c Release --project proof/bench -- load --kills", "LoadCommandTests.Load_WithKills_ViolatesNothingAndAccountsForEveryRequest"),
        ("dotnet run -c Release --project proof/bench -- orders", "GrowthCommandTests.Orders_ShortRun_MeasuresEveryRowAndViolatesNothing"),
        ("dotnet run -c Release --project proof/bench -- compare", "CompareCommandTests.Compare_ShortRun_FindsViolationsOfTheNaiveAppAlone"),
        ("dotnet run -c Release --project proof/bench -- model", "ModelCommandTests.Model_ShortRun_CountsTheOperationsOfAnOrder"),
        ("dotnet run --project tools/order-inventory -- audit", "AuditTests.Audit_OrderChangedInTheStore_IsFoundWithItsEvidence"),
        ("dotnet run --project tools/order-inventory -- repair", "RepairTests.Repair_LineOfAnOrderThatDoesNotExist_IsGivenBack"),
        ("dotnet run --project tools/order-inventory -- repair --tell", "RetellingTests.Tell_AnOrder_PublishesWhatTheAppDid"),
        ("dotnet run --project tools/order-inventory -- stock import", "StockCommandTests.Import_ThatStops_GoesOnWhereItWasAndUndoesNothing"),
        ("dotnet run --project tools/order-inventory -- stock export", "StockCommandTests.Export_IsWhatImportReads"),
        ("dotnet run --project tools/order-inventory -- deadletters list", "DeadLettersCommandTests.List_OfBothApps_IsATableOrJsonLines"),
        ("dotnet run --project tools/order-inventory -- deadletters show", "DeadLettersCommandTests.Show_ALetter_IsWhatItSays"),
        ("dotnet run --project tools/order-inventory -- deadletters replay", "DeadLettersCommandTests.ReplayAll_CutOff_GoesOnInTheOrderOfTheKeys"),
        ("dotnet run --project tools/order-inventory -- deadletters dismiss", "DeadLettersCommandTests.Replay_BehindAnEarlierOne_IsRefusedUntilThatIsDismissed"),
        ("promtool test rules deploy/observability/alerts.tests.yaml", "ObservabilityTests.Promtool_OnTheShippedFiles_IsContent"),
        ("UPDATE_SNAPSHOTS=1 dotnet test", "(writes files)"),
        ("UPDATE_SCREENSHOTS=1 dotnet test", "(writes files)"),
        ("dotnet run --project proof/bench -- load --components kafka-postgres --earlier", "load --components kafka-postgres --earlier"),
        ("dotnet pack src/contracts", "PackageTests.Pack_Contracts_HasAllThatAConsumerNeeds"),
        ("dotnet publish ", "eng/images build"),
        ("docker ", "(Docker)"),
        ("cp deploy/compose/", "(Docker)"),
        ("kubectl ", "(Kubernetes)"),
        ("dapr run ", "(Dapr)"),
        ("set -a; . deploy/compose/.env", "(Dapr)"),
        ("export ", "(Dapr)"),
    ];

    public static TheoryData<string> Documents => DocumentTests.Documents;

    [Theory]
    [MemberData(nameof(Documents))]
    public void Commands_OfADocument_AreRunOrMarked(string document) => Assert.Empty(
        from said in Read(File.ReadAllText(Path.Combine(Repository.Root, document)))
        let known = Known.Where(known => said.Command.StartsWith(known.Begins, StringComparison.Ordinal)).MaxBy(known => known.Begins.Length)
        where known.RunBy is null || (known.RunBy.StartsWith('(') && !said.Paragraph.Contains(known.RunBy, StringComparison.Ordinal))
        select $"{said.Command}: {(known.RunBy is null ? "no test runs it" : "not marked " + known.RunBy)}");

    [Fact]
    public void WhatRunsTheCommands_Exists()
    {
        var ci = Ci + File.ReadAllText(Path.Combine(Repository.Root, Ci));

        Assert.All(Known.Select(known => known.RunBy), by => Assert.True(by.StartsWith('(') || ci.Contains(by, StringComparison.Ordinal) || (by.Split('.') is [var type, var method] && NamedTest.Exists(type, method)), by));
        // Nothing is known that no document says any more.
        var said = DocumentTests.DocumentNames.SelectMany(name => Read(File.ReadAllText(Path.Combine(Repository.Root, name)))).Select(said => said.Command).ToArray();
        Assert.All(Known, known => Assert.Contains(said, command => command.StartsWith(known.Begins, StringComparison.Ordinal)));
    }

    /// <summary>Commands in blocks and in code spans, each with its paragraph, and a block with the one before.</summary>
    private static IEnumerable<(string Command, string Paragraph)> Read(string text)
    {
        var paragraphs = text.ReplaceLineEndings("\n").Split("\n\n");
        for (var (i, before) = (0, ""); i < paragraphs.Length; before = paragraphs[i++])
        {
            var paragraph = paragraphs[i];
            var isBlock = paragraph.StartsWith("```", StringComparison.Ordinal) || paragraph.StartsWith("    ", StringComparison.Ordinal);
            var commands = isBlock
                ? Continuation().Replace(paragraph, " ").Split('\n').Select(line => line.Trim())
                : Span().Matches(paragraph).Select(match => Whitespace().Replace(match.Groups[1].Value, " "));
            foreach (var command in commands.Where(command => IsCommand().IsMatch(command))) yield return (command, isBlock ? before + paragraph : paragraph);
        }
    }

    // A program and an argument at least; `dotnet test` is a command, `bench` a name.
    [GeneratedRegex(@"^(?:[A-Z_]+=\S+ )?(?:(?:dotnet|docker|kubectl|dapr|promtool|curl|eval|export|set|cp|npm|openssl|bash|sh|node|redis-cli|psql) \S|\.ci/run)")]
    private static partial Regex IsCommand();

    [GeneratedRegex(@"`([^`]+)`")]
    private static partial Regex Span();

    [GeneratedRegex(@"\\\n\s*|\n\s+(?=\[)")]
    private static partial Regex Continuation();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
