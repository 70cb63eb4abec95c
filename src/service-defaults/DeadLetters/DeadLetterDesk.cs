using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OrderInventory.ServiceDefaults.Messaging;

namespace OrderInventory.ServiceDefaults.DeadLetters;

/// <summary>What became of a request to deal with a letter.</summary>
internal abstract record DeskOutcome
{
    private DeskOutcome() { }

    /// <summary>The letter is as it was asked for; by an earlier request when <paramref name="Before"/>.</summary>
    public sealed record Done(DeadLetter Letter, bool Before) : DeskOutcome;

    /// <summary>An earlier letter of the same key, which can be replayed, has to be dealt with first.</summary>
    public sealed record Earlier(DeadLetter First) : DeskOutcome;

    /// <summary>It was dealt with in another way.</summary>
    public sealed record Settled(DeadLetter Letter) : DeskOutcome;

    /// <summary>It cannot be published again: it is no event, or too large.</summary>
    public sealed record Unreadable : DeskOutcome;

    /// <summary>There is no such letter.</summary>
    public sealed record Unknown : DeskOutcome;
}

/// <summary>
/// Keeps the letters of this app and publishes them again on request: with the same id, key and data to the same topic,
/// the letters of one key in the order in which they came. Publishing comes before noting it, so a replay that was cut
/// off is repeated, and its consumer recognises the id.
/// </summary>
internal sealed class DeadLetterDesk
{
    // In the log, where a token would say who it was.
    private const string Nobody = "somebody whom no token names";

    private readonly DeadLetterStore _store;
    private readonly IEventPublisher _publisher;
    private readonly TimeProvider _time;
    private readonly ILogger<DeadLetterDesk> _logger;
    private readonly Counter<long> _recorded;
    private readonly Counter<long> _replayed;

    public DeadLetterDesk(DeadLetterStore store, IEventPublisher publisher, TimeProvider time, IMeterFactory meters, ILogger<DeadLetterDesk> logger)
    {
        (_store, _publisher, _time, _logger) = (store, publisher, time, logger);
        var meter = meters.Create(ServiceDefaults.TelemetryName);
        _recorded = meter.CreateCounter<long>("messages.dead_letters.recorded.total", description: "Dead letters that were recorded, or came back after a replay, by topic.");
        _replayed = meter.CreateCounter<long>("messages.dead_letters.replayed.total", description: "Dead letters that were published again, by topic.");
    }

    /// <summary>Keeps a letter. One that came back after it was dealt with is open again; a repeated delivery changes nothing.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown: it must be delivered again.</exception>
    public async Task RecordAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var isNews = false;
        var stored = await _store.ChangeAsync(
            letter.Id,
            known =>
            {
                isNews = known.Position is null && letter.Position is null ? known.Status != DeadLetterStatus.Open : known.Position != letter.Position;
                return isNews ? known with { Status = DeadLetterStatus.Open, Position = letter.Position, Reason = letter.Reason, Dismissal = null } : null;
            },
            cancellationToken);
        if (stored is null) isNews = await _store.AddAsync(letter, cancellationToken);
        if (!isNews) return;
        _recorded.Add(1, new KeyValuePair<string, object?>("topic", letter.Topic));
        Log.DeadLetterRecorded(_logger, letter.Id, letter.Topic);
    }

    /// <summary>Publishes a letter again, once. <paramref name="by"/>: who asks for it, for the log; null when no token says.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; replaying it again is safe.</exception>
    public async Task<DeskOutcome> ReplayAsync(string id, string? by, CancellationToken cancellationToken)
    {
        var (letter, _) = await _store.ReadAsync(id, cancellationToken);
        if (letter is null) return new DeskOutcome.Unknown();
        if (letter.Status == DeadLetterStatus.Replayed) return new DeskOutcome.Done(letter, Before: true);
        if (letter.Status == DeadLetterStatus.Dismissed) return new DeskOutcome.Settled(letter);
        if (!letter.CanReplay) return new DeskOutcome.Unreadable();
        if (await _store.FirstOpenBeforeAsync(letter, cancellationToken) is { } first) return new DeskOutcome.Earlier(first);

        var missing = await _publisher.PublishAsync(letter.Topic, [new OutgoingEvent(letter.EventId!, letter.Key ?? letter.EventId!, letter.Type ?? "replayed", letter.Body)], cancellationToken);
        if (missing.Count > 0) throw new DependencyUnavailableException("A dead letter could not be published again.");
        var replayed = await _store.ChangeAsync(
            id,
            stored => stored with
            {
                // It may have come back already; then it stays open.
                Status = stored.Status == DeadLetterStatus.Open && stored.Position == letter.Position ? DeadLetterStatus.Replayed : stored.Status,
                Replays = stored.Replays + 1,
                LastReplayed = _time.GetUtcNow(),
            },
            cancellationToken);
        _replayed.Add(1, new KeyValuePair<string, object?>("topic", letter.Topic));
        Log.DeadLetterReplayed(_logger, id, letter.Topic, by ?? Nobody);
        return new DeskOutcome.Done(replayed ?? letter, Before: false);
    }

    /// <summary>
    /// Decides that a letter does not matter; later letters of its key need not wait for it any more. The first that decides so says why:
    /// <paramref name="reason"/>, null for nothing, and <paramref name="by"/>, null when no token says who.
    /// </summary>
    /// <exception cref="DependencyUnavailableException">Unknown; dismissing it again is safe.</exception>
    public async Task<DeskOutcome> DismissAsync(string id, string? reason, string? by, CancellationToken cancellationToken)
    {
        var before = true;
        var letter = await _store.ChangeAsync(
            id,
            stored =>
            {
                before = stored.Status != DeadLetterStatus.Open;
                return before ? null : stored with { Status = DeadLetterStatus.Dismissed, Dismissal = new Dismissal(reason, by, _time.GetUtcNow()) };
            },
            cancellationToken);
        if (letter is null) return new DeskOutcome.Unknown();
        if (!before) Log.DeadLetterDismissed(_logger, id, letter.Topic, by ?? Nobody, reason ?? "");
        return letter.Status == DeadLetterStatus.Dismissed ? new DeskOutcome.Done(letter, before) : new DeskOutcome.Settled(letter);
    }
}
