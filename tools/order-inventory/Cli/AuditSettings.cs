using System.CommandLine;
using System.Globalization;
using OrderInventory.Auditing;

namespace OrderInventory.Cli;

/// <summary>The options of every command that audits a system first.</summary>
internal sealed class AuditSettings
{
    private static readonly AuditOptions Usual = new();

    private readonly Option<Uri> _orders = Apps.OrderAddress();
    private readonly Option<Uri> _inventory = Apps.InventoryAddress();
    private readonly Option<string[]> _users = new("--user") { Description = "A user whose orders are read even if inventory knows none of them; may be repeated" };
    private readonly Option<int> _settle = Seconds("--settle", "Seconds between the two readings that a finding has to survive", Usual.Settle, 0, 600);
    private readonly Option<int> _stuckAfter = Seconds("--stuck-after", "Seconds that an order may be on its way to another status", Usual.StuckAfter, 0, 86_400);
    private readonly Option<int> _keys = Seconds("--keys-remembered", "Seconds that a version before groups remembered idempotency keys; the keys of this version never expire", Usual.KeysRemembered, 1, 365 * 86_400);
    private readonly Option<int> _patience = Seconds("--patience", "Seconds that an app may not answer until the command gives up", TimeSpan.FromSeconds(30), 0, 3_600);
    private readonly Option<string?> _evidence = new("--evidence") { Description = "Folder for what was read about each finding, a folder for each", HelpName = "DIR" };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _orders, _inventory, _users, _settle, _stuckAfter, _keys, _patience, _evidence }) command.Add(option);
    }

    /// <summary>A client of order-app.</summary>
    public HttpClient OrderClient(ParseResult parsed, Func<string, string?> environment) => Apps.Client(parsed.GetValue(_orders)!, environment);

    /// <summary>A client of inventory-app.</summary>
    public HttpClient InventoryClient(ParseResult parsed, Func<string, string?> environment) => Apps.Client(parsed.GetValue(_inventory)!, environment);

    /// <summary>A reader of both apps, which tells on <paramref name="errors"/> what it waits for.</summary>
    public SystemReader Reader(ParseResult parsed, HttpClient orders, HttpClient inventory, TimeProvider time, TextWriter errors)
    {
        var beat = new Beat(time);
        return new(orders, inventory, TimeSpan.FromSeconds(parsed.GetValue(_patience)), time, says => beat.Tell(() => errors.WriteLine(says)));
    }

    /// <summary>How the audit is done.</summary>
    public AuditOptions Options(ParseResult parsed) => new()
    {
        Users = parsed.GetValue(_users) ?? [],
        Settle = TimeSpan.FromSeconds(parsed.GetValue(_settle)),
        StuckAfter = TimeSpan.FromSeconds(parsed.GetValue(_stuckAfter)),
        KeysRemembered = TimeSpan.FromSeconds(parsed.GetValue(_keys)),
    };

    /// <summary>Writes the evidence where it is wanted; the folder of each finding, none when it is not wanted.</summary>
    public IReadOnlyList<string> WriteEvidence(ParseResult parsed, AuditReport report) => parsed.GetValue(_evidence) is { } folder ? Evidence.Write(folder, report.Findings) : [];

    /// <summary>Tells on <paramref name="errors"/> how far an audit is.</summary>
    public static Action<AuditProgress> Progress(TextWriter errors, TimeProvider time)
    {
        var beat = new Beat(time);
        return progress => beat.Tell(() => errors.WriteLine(progress.Text));
    }

    /// <summary>An option that takes a number of seconds.</summary>
    public static Option<int> Seconds(string name, string description, TimeSpan usual, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "SECONDS", DefaultValueFactory = _ => (int)usual.TotalSeconds };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !(int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most))
                result.AddError($"{name} must be from {least} to {most} seconds.");
        });
        return option;
    }

    /// <summary>What comes often is told once a second.</summary>
    private sealed class Beat(TimeProvider time)
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

        private readonly Lock _lock = new();
        private long? _last;

        public void Tell(Action tell)
        {
            lock (_lock)
            {
                if (_last is { } last && time.GetElapsedTime(last) < Pause) return;
                _last = time.GetTimestamp();
                tell();
            }
        }
    }
}
