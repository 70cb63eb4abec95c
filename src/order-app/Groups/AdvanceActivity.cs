using System.Collections.Immutable;
using System.Diagnostics;
using Dapr.Workflow;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults.Rounds;

namespace OrderApp.Groups;

/// <summary>
/// A round over the orders of a group: read them together, apply what came, save what changed together, publish what this
/// call stored. Repeated after a crash in between it finds its own mark in the documents and publishes the same, also for
/// an order that another group has taken over since. An order that is damaged or not this group's any more holds up none of
/// the others.
/// </summary>
internal sealed class AdvanceActivity(
    OrderStore orders, OrderRules rules, OrderAgenda agenda, OrderMessages messages, OrderNews news, GroupFollower groups, Backoff backoff, Telemetry telemetry, TimeProvider time, ILogger<AdvanceActivity> logger)
    : WorkflowActivity<AdvanceInput, ImmutableArray<WaitingOrder>>
{
    /// <inheritdoc/>
    public override Task<ImmutableArray<WaitingOrder>> RunAsync(WorkflowActivityContext context, AdvanceInput input) =>
        telemetry.MeasureAsync(input.Call == 0 ? "start" : "advance", input.Group, () => AdvanceAsync(input));

    private async Task<ImmutableArray<WaitingOrder>> AdvanceAsync(AdvanceInput input)
    {
        var call = GroupCall.Of(input.Group, input.Call);
        var settled = await SettleAsync(input, call);
        // The group's trace is one of its own: its orders came in many.
        foreach (var order in settled)
            if (ActivityContext.TryParse(order.TraceParent, null, isRemote: true, out var placed)) Activity.Current?.AddLink(new ActivityLink(placed));
        await messages.PublishAsync(settled, input.Group, call, input.Signal.LookAgain, CancellationToken.None);
        ImmutableArray<WaitingOrder> waiting = [.. settled.Where(order => order.Group == input.Group && order.Step is not null).Select(order => new WaitingOrder(order.Id, order.Step!.Operation, [.. order.Step.Unanswered]))];
        if (waiting.IsEmpty) groups.Over(input.Group);
        return waiting;
    }

    /// <summary>The documents as they are after this call; damaged ones are left out.</summary>
    private async Task<IReadOnlyCollection<Order>> SettleAsync(AdvanceInput input, string call)
    {
        var settled = new Dictionary<string, Order>();
        var open = input.Orders.ToHashSet();
        for (var attempt = 1; ; attempt++)
        {
            var saves = new List<(Order Order, string? ETag)>();
            foreach (var (id, stored) in await orders.ReadManyAsync(open, CancellationToken.None))
            {
                if (stored.Reading == OrderReading.Unreadable) continue;
                if (stored.Order is not { } order)
                {
                    // A group is only started when its orders are stored.
                    if (stored.Reading == OrderReading.Missing) Log.OrderMissing(logger, id, input.Group);
                    open.Remove(id);
                    continue;
                }

                var changed = order.Group == input.Group ? Apply(order, input.Signal, call) : order;
                if (ReferenceEquals(changed, order))
                {
                    settled[id] = order;
                    open.Remove(id);
                }
                else
                {
                    saves.Add((changed, stored.ETag));
                }
            }

            if (saves.Count > 0)
            {
                // Before the orders: no deadline is ever stored that nobody will look at.
                await agenda.AddDeadlinesAsync([.. saves.Select(save => save.Order)], CancellationToken.None);
                if (await orders.SaveManyAsync(saves, CancellationToken.None))
                {
                    foreach (var (order, _) in saves)
                    {
                        settled[order.Id] = order;
                        open.Remove(order.Id);
                        await news.TellAsync(order, call);
                    }
                }
            }

            if (open.Count == 0) return settled.Values;
            // Lost race, outage, or applied in spite of the error: the next read tells them apart.
            await backoff.AfterAsync(attempt, "Orders of a group could not be stored.", CancellationToken.None);
        }
    }

    private Order Apply(Order order, GroupSignal signal, string call)
    {
        foreach (var answer in signal.Answers)
            if (answer.OrderId == order.Id) order = rules.Answer(order, answer.Operation, answer.Answer, call, time.GetUtcNow());
        return order;
    }
}
