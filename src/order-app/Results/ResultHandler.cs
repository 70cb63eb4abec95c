using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using OrderApp.Domain;
using OrderApp.Groups;
using OrderApp.Intake;
using OrderApp.Storage;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.ServiceDefaults.Repeats;

namespace OrderApp.Results;

/// <summary>
/// Brings what inventory answered to the groups that wait for it: one event for each group of a delivery. With a group whose
/// workflow is gone, the orders that still wait go to the intake, where another group takes them over and asks again. A
/// group that cannot be told now holds up no other.
/// </summary>
internal sealed class ResultHandler(OrderStore orders, OrderIntake intake, IGroupEngine engine, RepeatMemory repeats, ILogger<ResultHandler> logger)
{
    private const int MaxParallel = 16;
    private const int MaxRecent = 20_000;

    // A result that comes again while its group runs, or has just ended, makes no difference there: only this tells.
    private readonly RecentIds _recent = new(MaxRecent);

    /// <summary>The id of the message that brings a result.</summary>
    public static string MessageId(InventoryDeductionResult result) => EventIds.Result(EventIds.Operation(result.OrderId, result.Line, result.Operation));

    /// <summary>Returns the entries that are done; the others have to be delivered again.</summary>
    public async Task<IReadOnlySet<string>> HandleAsync(IReadOnlyList<Delivered<InventoryDeductionResult>> messages, CancellationToken cancellationToken)
    {
        var done = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(await GroupsAsync(messages, cancellationToken), new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken }, async (group, stopping) =>
        {
            // One event for all answers of a group; the span of the first is as good as any.
            Activity.Current = group.First().Span ?? Activity.Current;
            try
            {
                ImmutableArray<GroupAnswer> answers = [.. group.Select(message => message.Data).Select(result => new GroupAnswer(result.OrderId, result.Operation, new LineAnswer(result.Line, result.Success, result.Code)))];
                var isRaised = group.Key is not null && await engine.RaiseAsync(group.Key, new GroupSignal(answers), stopping);
                var settled = isRaised ? ImmutableHashSet<string>.Empty : await ResumeAsync(group.Key, answers, stopping);
                foreach (var message in group)
                {
                    done.Add(message.EntryId);
                    var id = MessageId(message.Data);
                    if (!_recent.Add($"{id} {group.Key}") || settled.Contains(message.Data.OrderId)) repeats.Note(message.Data.OrderId, Topics.InventoryDeductionResult, id, RepeatKind.Again);
                }
            }
            catch (DependencyUnavailableException error)
            {
                Log.AnswersNotRaised(logger, group.Key, error);
            }
        });
        return done.ToHashSet();
    }

    /// <summary>
    /// The messages by the group that waits for them; null for orders that none drives. A sender of the version before does not
    /// name it: the order does, and what cannot be read is left out, to be delivered again.
    /// </summary>
    private async Task<IEnumerable<IGrouping<string?, Delivered<InventoryDeductionResult>>>> GroupsAsync(IReadOnlyList<Delivered<InventoryDeductionResult>> messages, CancellationToken cancellationToken)
    {
        var unnamed = messages.Where(message => message.Data.CorrelationId is null).Select(message => message.Data.OrderId).Distinct().ToArray();
        if (unnamed.Length == 0) return messages.GroupBy(message => message.Data.CorrelationId);
        var stored = await orders.ReadManyAsync(unnamed, cancellationToken);
        return messages
            .Where(message => message.Data.CorrelationId is not null || stored[message.Data.OrderId].Reading != OrderReading.Unreadable)
            .GroupBy(message => message.Data.CorrelationId ?? stored[message.Data.OrderId].Order?.Group);
    }

    /// <summary>
    /// Has another group carry on with those of the orders that still wait; returned are those that do not. With an order of the version before
    /// also what was told is not known.
    /// </summary>
    private async Task<ImmutableHashSet<string>> ResumeAsync(string? group, ImmutableArray<GroupAnswer> answers, CancellationToken cancellationToken)
    {
        Log.GroupGone(logger, group);
        var outcomes = await Task.WhenAll(answers.Select(answer => answer.OrderId).Distinct().Select(async id => (Id: id, Outcome: await intake.AskAsync(id, new IntakeRequest.Resume(group, Retell: group is null), cancellationToken))));
        foreach (var (id, outcome) in outcomes)
            if (outcome is OrderOutcome.Unknown) Log.ResultForUnknownOrder(logger, id);
        return outcomes.Where(order => order.Outcome is OrderOutcome.Unchanged).Select(order => order.Id).ToImmutableHashSet();
    }
}
