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

namespace OrderApp.Results;

/// <summary>
/// Brings what inventory answered to the groups that wait for it: one event for each group of a delivery. With a group whose
/// workflow is gone, the orders that still wait go to the intake, where another group takes them over and asks again. A
/// group that cannot be told now holds up no other.
/// </summary>
internal sealed class ResultHandler(OrderStore orders, OrderIntake intake, IGroupEngine engine, ILogger<ResultHandler> logger)
{
    private const int MaxParallel = 16;

    /// <summary>Returns the entries that are done; the others have to be delivered again.</summary>
    public async Task<IReadOnlySet<string>> HandleAsync(IReadOnlyList<Delivered<InventoryDeductionResult>> messages, CancellationToken cancellationToken)
    {
        var done = new ConcurrentBag<string>();
        var groups = await GroupsAsync(messages, done, cancellationToken);
        await Parallel.ForEachAsync(groups, new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken }, async (group, stopping) =>
        {
            // One event for all answers of a group; the span of the first is as good as any.
            Activity.Current = group.First().Span ?? Activity.Current;
            try
            {
                ImmutableArray<GroupAnswer> answers = [.. group.Select(message => message.Data).Select(result => new GroupAnswer(result.OrderId, result.Operation, new LineAnswer(result.Line, result.Success, result.Code)))];
                if (!await engine.RaiseAsync(group.Key, new GroupSignal(answers), stopping)) await ResumeAsync(group.Key, answers, stopping);
                foreach (var message in group) done.Add(message.EntryId);
            }
            catch (DependencyUnavailableException error)
            {
                Log.AnswersNotRaised(logger, group.Key, error);
            }
        });
        return done.ToHashSet();
    }

    private async Task<IEnumerable<IGrouping<string, Delivered<InventoryDeductionResult>>>> GroupsAsync(IReadOnlyList<Delivered<InventoryDeductionResult>> messages, ConcurrentBag<string> done, CancellationToken cancellationToken)
    {
        // A sender of the version before does not name the group: the order does.
        var unnamed = messages.Where(message => message.Data.CorrelationId is null).Select(message => message.Data.OrderId).Distinct().ToArray();
        if (unnamed.Length == 0) return messages.GroupBy(message => message.Data.CorrelationId!);
        var stored = await orders.ReadManyAsync(unnamed, cancellationToken);
        var named = new List<(Delivered<InventoryDeductionResult> Message, string Group)>();
        foreach (var message in messages)
        {
            if (message.Data.CorrelationId is { } group) named.Add((message, group));
            else if (stored[message.Data.OrderId] is { Order.Group: { } driver }) named.Add((message, driver));
            else if (await ResumeEarlierAsync(stored[message.Data.OrderId], message.Data, cancellationToken)) done.Add(message.EntryId);
        }

        return named.GroupBy(pair => pair.Group, pair => pair.Message);
    }

    /// <summary>An answer for an order that no group drives. True: nothing is left to do with it.</summary>
    private async Task<bool> ResumeEarlierAsync(StoredOrder stored, InventoryDeductionResult result, CancellationToken cancellationToken)
    {
        if (stored.Reading == OrderReading.Unreadable) return false;
        if (stored.Order is not { } order) Log.ResultForUnknownOrder(logger, result.OrderId);
        else if (order.Step is not null && await TryResumeAsync(order.Id, null, cancellationToken) is false) return false;
        return true;
    }

    private async Task ResumeAsync(string group, ImmutableArray<GroupAnswer> answers, CancellationToken cancellationToken)
    {
        Log.GroupGone(logger, group);
        await Task.WhenAll(answers.Select(answer => answer.OrderId).Distinct().Select(id => intake.AskAsync(id, new IntakeRequest.Resume(group, Retell: false), cancellationToken)));
    }

    private async Task<bool> TryResumeAsync(string orderId, string? group, CancellationToken cancellationToken)
    {
        try
        {
            await intake.AskAsync(orderId, new IntakeRequest.Resume(group, Retell: true), cancellationToken);
            return true;
        }
        catch (DependencyUnavailableException error)
        {
            Log.AnswersNotRaised(logger, orderId, error);
            return false;
        }
    }
}
