using System.Globalization;
using System.Text.Json;
using OrderInventory.Auditing;
using OrderInventory.Cli;
using OrderInventory.Judging;

namespace OrderInventory.Repairing;

/// <summary>What became of a line, as it was read afterwards.</summary>
public enum LineEnd
{
    /// <summary>It was given back.</summary>
    GivenBack = 1,

    /// <summary>It held nothing any more before anything was done.</summary>
    NothingLeft,

    /// <summary>Nothing was done: it changed since the audit, or may not be given back.</summary>
    Skipped,

    /// <summary>The broker has the message, and its effect does not show yet.</summary>
    NotSeen,

    /// <summary>The system could not be read or asked, so it is not known.</summary>
    NotKnown,
}

/// <summary>What became of a line, and what was read of it.</summary>
public sealed record LineOutcome(HeldLine Of, LineEnd End, string Says);

/// <summary>
/// Gives back what no order owns: reads the line again right before, and until the effect shows. Done twice, or by several at once, it has
/// one effect. <paramref name="sidecar"/>: null where there is none, and nothing is done; <paramref name="olderThan"/>: see <see cref="Ownership"/>; <paramref name="patience"/>: how long the effect is waited for.
/// </summary>
internal sealed class Repairer(SystemReader system, Sidecar? sidecar, TimeSpan olderThan, TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>True when there is a sidecar to publish with.</summary>
    public bool CanRepair => sidecar is not null;

    /// <summary>What is to be done about a line, from what the apps show now.</summary>
    /// <exception cref="UnreadableException">It cannot be read.</exception>
    public async Task<LineVerdict> ReadAsync(HeldLine line, CancellationToken cancellationToken)
    {
        // The order last: it is stored before inventory is asked, so the order of what is held can be read by now.
        var operations = await OperationsAsync(line, cancellationToken);
        var order = (await system.OrderAsync(line.OrderId, cancellationToken))?.Deserialize(DocumentsJson.Default.OrderDocument);
        var history = (await system.HistoryAsync(line.OrderId, cancellationToken))?.Deserialize(DocumentsJson.Default.TransitionDocumentArray) ?? [];
        var verdict = Ownership.Of(line, new LineFacts(order, history, operations), olderThan, time.GetUtcNow());
        // To whom order-app shows only some orders, it answers for all others that there are none.
        return order is null && verdict.GiveBack is not null && await system.StuckAsync(cancellationToken) is null
            ? verdict with { GiveBack = null, Says = $"none: whether there is no order {line.OrderId} is certain for operators only (docs/operations.md, Repairing)" }
            : verdict;
    }

    /// <summary>Gives a line back, and says what is there afterwards.</summary>
    public async Task<LineOutcome> GiveBackAsync(HeldLine line, CancellationToken cancellationToken)
    {
        try
        {
            var verdict = await ReadAsync(line, cancellationToken);
            if (verdict.GiveBack is not { } giveBack) return new LineOutcome(line, verdict.IsHeld ? LineEnd.Skipped : LineEnd.NothingLeft, verdict.Says!);
            if (sidecar is null) return new LineOutcome(line, LineEnd.Skipped, "There is no sidecar to publish with (--sidecar).");
            await sidecar.PublishAsync(giveBack.Telling, cancellationToken);
            return await SeenAsync(giveBack, cancellationToken);
        }
        catch (Exception error) when (error is NotAnsweredException or UnreadableException or DamagedProductException)
        {
            return new LineOutcome(line, LineEnd.NotKnown, $"{error.Message} The same again is safe.");
        }
    }

    private async Task<LineOutcome> SeenAsync(GiveBack giveBack, CancellationToken cancellationToken)
    {
        for (var began = time.GetTimestamp(); ;)
        {
            var operations = await OperationsAsync(giveBack.Of, cancellationToken);
            if (operations.FirstOrDefault(operation => operation.OperationId == giveBack.Id) is { } recorded)
            {
                var says = string.Create(CultureInfo.InvariantCulture, $"{recorded.OperationId} is {recorded.Outcome}: {recorded.Quantity} units of {giveBack.Of.ProductId}, {recorded.AvailableAfter} available after it");
                return new LineOutcome(giveBack.Of, recorded.Outcome == Outcomes.Released ? LineEnd.GivenBack : LineEnd.Skipped, says);
            }

            if (time.GetElapsedTime(began) >= patience)
                return new LineOutcome(giveBack.Of, LineEnd.NotSeen, $"{giveBack.Id} is with the broker, and inventory-app has not recorded it within {patience.TotalSeconds:0} s; is it running, is it a dead letter? The same again is safe.");
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<OperationDocument>> OperationsAsync(HeldLine line, CancellationToken cancellationToken)
    {
        var operations = new List<OperationDocument>();
        await foreach (var page in system.OperationsOfLineAsync(line.ProductId, line.OrderId, line.Line, cancellationToken))
            operations.AddRange(page.EnumerateArray().Select(operation => ProductReader.Parse(line.ProductId, operation.GetRawText())).Where(operation => operation.OrderId == line.OrderId && operation.Line == line.Line));
        return operations;
    }
}
