using System.Text.Json;
using OrderInventory.Auditing;
using OrderInventory.Cli;
using OrderInventory.Repairing;

namespace OrderInventory.Web.Repairs;

/// <summary>Shows a line as it is, gives it back, and logs who it was. <paramref name="repairer"/> reads once, because somebody waits for a page.</summary>
internal sealed partial class RepairActions(Repairer repairer, Operator who, TimeProvider time, ILogger<RepairActions> logger)
{
    /// <summary>How long units must have been held.</summary>
    public static readonly TimeSpan OlderThan = TimeSpan.FromMinutes(10);

    /// <summary>How long a page waits for the effect; what comes later it shows by itself.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MaxNotes = 50;

    private static readonly JsonSerializerOptions Pretty = new(JsonSerializerOptions.Web) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly Dictionary<int, RepairNote> _notes = [];
    private int _last;

    /// <summary>The line as it is now.</summary>
    /// <exception cref="NotAnsweredException">It cannot be read.</exception>
    public async Task<RepairModel> LoadAsync(HeldLine line, string? note, CancellationToken cancellationToken)
    {
        try
        {
            var verdict = await repairer.ReadAsync(line, cancellationToken);
            return new RepairModel(verdict, verdict.GiveBack is { } giveBack ? JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(giveBack.Telling.Json), Pretty) : null, repairer.CanRepair, Noted(note, line));
        }
        catch (Exception error) when (error is UnreadableException or DamagedProductException)
        {
            throw new NotAnsweredException(error.Message);
        }
    }

    /// <summary>Gives a line back; the number under which the page finds what came of it.</summary>
    public async Task<int> GiveBackAsync(HeldLine line, CancellationToken cancellationToken)
    {
        var outcome = await repairer.GiveBackAsync(line, cancellationToken);
        Log.GivenBack(logger, who.Name, line.Line, line.OrderId, outcome.End, outcome.Says);
        lock (_lock)
        {
            _notes[++_last] = new RepairNote(who.Name, time.GetUtcNow(), outcome);
            _notes.Remove(_last - MaxNotes);
            return _last;
        }
    }

    private RepairNote? Noted(string? number, HeldLine line)
    {
        lock (_lock) return int.TryParse(number, out var note) && _notes.TryGetValue(note, out var kept) && kept.Outcome.Of == line ? kept : null;
    }

    private static partial class Log
    {
        [LoggerMessage(111, LogLevel.Information, "{Who} asked to give back line {Line} of {OrderId}: {End}, {Says}")]
        public static partial void GivenBack(ILogger logger, string who, int line, string orderId, LineEnd end, string says);
    }
}
