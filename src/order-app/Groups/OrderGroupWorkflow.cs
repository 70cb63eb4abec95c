using System.Collections.Immutable;
using Dapr.Workflow;

namespace OrderApp.Groups;

/// <summary>
/// The saga of a group of orders: create (the orders are told and their stock is asked for), deduct (inventory answers),
/// then confirm, or give back what is held and cancel. The same loop carries out what clients ask later. What is decided is
/// in <see cref="Domain.OrderRules"/>, what it needs is in the documents; the workflow only makes sure that it happens.
/// Running instances replay this code: its shape never changes, so every version can carry on with every instance.
/// </summary>
internal sealed class OrderGroupWorkflow : Workflow<OrderGroup, bool>
{
    // Activities fail only when the infrastructure does; an accepted order outlives every outage (I5).
    private static readonly WorkflowTaskOptions UntilDone = new(new WorkflowRetryPolicy(
        maxNumberOfAttempts: int.MaxValue, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(30)));

    private static readonly GroupSignal Nothing = new([]);

    /// <inheritdoc/>
    public override async Task<bool> RunAsync(WorkflowContext context, OrderGroup input)
    {
        var inbox = new GroupInbox(context);
        var waiting = await AdvanceAsync(context, 0, input.Orders, Nothing);
        for (var call = 1; waiting.Length > 0; call++)
            waiting = await AdvanceAsync(context, call, [.. waiting.Select(order => order.Id)], await inbox.ReadAsync(waiting));
        return true;
    }

    /// <summary>One round over the orders of the group; returns those that still wait for inventory.</summary>
    private static Task<ImmutableArray<WaitingOrder>> AdvanceAsync(WorkflowContext context, int call, ImmutableArray<string> orders, GroupSignal signal) =>
        context.CallActivityAsync<ImmutableArray<WaitingOrder>>(nameof(AdvanceActivity), new AdvanceInput(context.InstanceId, call, orders, signal), UntilDone);
}

/// <summary>What the workflow of a group has been told and has not read.</summary>
internal sealed class GroupInbox(WorkflowContext context)
{
    // One waiter, always: a second one would take the signal that the first one is owed.
    private Task<GroupSignal>? _next;

    /// <summary>
    /// Waits until all that these orders wait for is answered, and returns it together with all that came meanwhile: an activity costs
    /// more than what it handles. A group that is told to settle waits no longer than for one answer; one that is to look again, for none.
    /// </summary>
    public async Task<GroupSignal> ReadAsync(ImmutableArray<WaitingOrder> waiting)
    {
        var open = waiting.SelectMany(order => order.Lines.Select(line => (order.Id, order.Operation, line))).ToHashSet();
        var (read, isPatient) = (new GroupSignal([]), true);
        while (Next().IsCompletedSuccessfully || !(open.Count == 0 || read.LookAgain || (!isPatient && !read.Answers.IsEmpty)))
        {
            var more = await Next();
            _next = null;
            isPatient &= !more.Answers.IsEmpty;
            open.ExceptWith(more.Answers.Select(answer => (answer.OrderId, answer.Operation, answer.Answer.Line)));
            read = new GroupSignal(read.Answers.AddRange(more.Answers), read.LookAgain || more.LookAgain);
        }

        return read;
    }

    private Task<GroupSignal> Next() => _next ??= context.WaitForExternalEventAsync<GroupSignal>(GroupSignal.EventName);
}
