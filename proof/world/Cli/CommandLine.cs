using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using OrderInventory.Proof.Scenarios;
using OrderInventory.Proof.Schedules;
using OrderInventory.Proof.Simulation;

namespace OrderInventory.Proof.Cli;

/// <summary>The command line of the proof: all schedules of some scenarios, or one of them as a story.</summary>
internal sealed class CommandLine(TextWriter output, TextWriter progress, TimeProvider time)
{
    private readonly Option<string[]> _scenario = new("--scenario")
    {
        Description = "Only these: " + string.Join(", ", Scenario.All.Select(scenario => scenario.Name)),
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<int> _faults = new("--faults") { Description = "Most faults in one schedule: 0, 1 or 2", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _exhaustive = new("--exhaustive") { Description = "As many faults in every scenario; without it two only in the four basic ones" };
    private readonly Option<string> _share = new("--share") { Description = "Only part I of N of the schedules, for processes side by side", HelpName = "I/N", DefaultValueFactory = _ => "0/1" };
    private readonly Option<string?> _until = new("--until") { Description = "Stop at the first schedule after which something is violated, or the first after which the auditor also finds something over HTTP", HelpName = "violated|audited" };
    private readonly Option<string?> _schedule = new("--schedule") { Description = "Only this schedule, told as a story; as the report writes it", HelpName = "STEP:FAULT,…" };
    private readonly Option<string?> _mutant = new("--mutant") { Description = "Switch on a defect" };
    private readonly Option<string?> _mutants = new("--mutants") { Description = "Instead of all else, part I of N of the defects, one after the other, each in the scenario that is for it and until it is found", HelpName = "I/N" };
    private readonly Option<bool> _unseen = new("--unseen") { Description = "With --mutants: go on until the auditor finds something, also where it is known not to" };
    private readonly Option<string> _store = new("--store") { Description = "The state store of both apps; postgresql and redis are the servers of OI_POSTGRES and OI_REDIS", DefaultValueFactory = _ => StoreProfile.Names[0] };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object for each scenario, and for each second of work one with the number of schedules so far" };

    /// <summary>Runs a command line; 0: nothing is violated, 1: something is, 2: the command line cannot be understood.</summary>
    public async Task<int> InvokeAsync(IReadOnlyList<string> arguments)
    {
        var root = new RootCommand("Runs the real code of both apps in a simulated world through every schedule of faults, and checks I1 to I8 after each.") { _scenario, _faults, _exhaustive, _share, _until, _schedule, _store, _json };
        _scenario.AcceptOnlyFromAmong([.. Scenario.All.Select(scenario => scenario.Name)]);
        if (KnownMutant.All is { Length: > 0 } mutants)
        {
            _mutant.AcceptOnlyFromAmong([.. mutants.Select(mutant => mutant.Name)]);
            Check(_mutants, text => TryShare(text!, out _, out _), "--mutants is I/N with 0 <= I < N, such as 0/2.");
            root.Add(_mutant);
            root.Add(_mutants);
            root.Add(_unseen);
        }

        _store.AcceptOnlyFromAmong([.. StoreProfile.Names]);
        Check(_store, store => StoreProfile.MissingVariable(store) is null, "OI_POSTGRES or OI_REDIS must say where the server of --store is.");
        Check(_faults, faults => faults is >= 0 and <= 2, "--faults is 0, 1 or 2.");
        _until.AcceptOnlyFromAmong("violated", "audited");
        Check(_share, text => TryShare(text, out _, out _), "--share is I/N with 0 <= I < N, such as 0/2.");
        Check(_schedule, text => TrySchedule(text!, out _), $"--schedule is a list such as 12:AppliedButError,30:CrashAfter; the faults are {string.Join(", ", Enum.GetNames<Fault>().Skip(1))}.");
        root.SetAction(RunAsync);
        var parsed = root.Parse(arguments);
        // A breakdown ends the process: exit code 1 would say that something is violated.
        var code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return parsed.Errors.Count > 0 ? 2 : code;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        await using var store = await StoreProfile.UseAsync(parsed.GetValue(_store)!, time);
        if (KnownMutant.All.Length > 0 && parsed.GetValue(_mutants) is { } part) return await KillAsync(part, parsed, stop);

        var mutant = KnownMutant.All.Length > 0 ? parsed.GetValue(_mutant) : null;
        using var defect = KnownMutant.SwitchOn(mutant);
        var scenarios = Scenario.All.Where(scenario => parsed.GetValue(_scenario) is not { Length: > 0 } names || names.Contains(scenario.Name)).ToArray();
        TryShare(parsed.GetValue(_share)!, out var share, out var shares);
        var report = ReportOn(mutant, parsed);
        var isClean = true;
        foreach (var scenario in scenarios)
        {
            if (parsed.GetValue(_schedule) is { } text)
            {
                TrySchedule(text, out var schedule);
                var result = await scenario.RunAsync(schedule);
                report.Tell(result);
                isClean &= result.Violations.Count == 0;
                continue;
            }

            isClean &= await report.FollowAsync(scenario, new Enumeration(parsed.GetValue(_exhaustive) ? parsed.GetValue(_faults) : Math.Min(parsed.GetValue(_faults), scenario.UsualFaults), share, shares), parsed.GetValue(_until), stop);
            if (!isClean && parsed.GetValue(_until) is not null) break;
        }

        return isClean ? 0 : 1;
    }

    private async Task<int> KillAsync(string part, ParseResult parsed, CancellationToken stop)
    {
        TryShare(part, out var share, out var shares);
        var isClean = true;
        foreach (var mutant in KnownMutant.All.Where((_, number) => number % shares == share))
        {
            using var defect = KnownMutant.SwitchOn(mutant.Name);
            var until = mutant.IsSeen || parsed.GetValue(_unseen) ? "audited" : "violated";
            isClean &= await ReportOn(mutant.Name, parsed).FollowAsync(Scenario.All.Single(scenario => scenario.Name == mutant.Scenario), new Enumeration(MaxFaults: 1, Likely: mutant.Fault), until, stop);
        }

        return isClean ? 0 : 1;
    }

    private Report ReportOn(string? mutant, ParseResult parsed) =>
        new(output, progress, time, parsed.GetValue(_json), mutant, parsed.GetResult(_store) is { Implicit: false } ? parsed.GetValue(_store) : null);

    private static void Check<T>(Option<T> option, Func<T, bool> isValid, string error) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count > 0 && !isValid(result.GetValueOrDefault<T>()!)) result.AddError(error);
    });

    private static bool TryShare(string text, out int share, out int shares)
    {
        (share, shares) = (0, 0);
        return text.Split('/') is [var first, var second] && int.TryParse(first, CultureInfo.InvariantCulture, out share) && int.TryParse(second, CultureInfo.InvariantCulture, out shares) && share >= 0 && share < shares;
    }

    private static bool TrySchedule(string text, out Schedule schedule)
    {
        var faults = ImmutableSortedDictionary.CreateBuilder<int, Fault>();
        schedule = Schedule.Clean;
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split(':') is not [var step, var name] || !int.TryParse(step, CultureInfo.InvariantCulture, out var number) || !Enum.TryParse<Fault>(name, out var fault)) return false;
            faults[number] = fault;
        }

        schedule = new Schedule(faults.ToImmutable());
        return true;
    }
}
