using System.Collections.Immutable;
using OrderApp.Domain;
using OrderInventory.Contracts;

namespace OrderApp.Groups;

/// <summary>Starts a group: the orders that one workflow drives. The workflow's instance id is the group's id.</summary>
internal sealed record OrderGroup(ImmutableArray<string> Orders);

/// <summary>What inventory answered for a line of an order, as raised to the group's workflow.</summary>
internal sealed record GroupAnswer(string OrderId, StockOperationKind Operation, LineAnswer Answer);

/// <summary>An order that waits for inventory: the lines whose <paramref name="Operation"/> is not answered.</summary>
internal sealed record WaitingOrder(string Id, StockOperationKind Operation, ImmutableArray<int> Lines);

/// <summary>
/// Everything that a group's workflow is told comes as this one event, so that it is handled in the order of arrival. One
/// without answers has the group settle what it was told so far.
/// </summary>
/// <param name="Answers">What inventory answered.</param>
/// <param name="LookAgain">True when the group is to look after orders that it has not heard of for long, and to ask inventory once more.</param>
internal sealed record GroupSignal(ImmutableArray<GroupAnswer> Answers, bool LookAgain = false)
{
    /// <summary>Name of the event.</summary>
    public const string EventName = "answers";

    /// <summary>Settle what came so far: some answer is late, and the other orders of the group must not wait for it.</summary>
    public static GroupSignal Settle { get; } = new([]);
}

/// <summary>One call of the group's activity.</summary>
/// <param name="Group">The group.</param>
/// <param name="Call">0, 1, 2, …</param>
/// <param name="Orders">The orders that the group still drives, as far as it knows.</param>
/// <param name="Signal">What came since the call before; empty for call 0.</param>
internal sealed record AdvanceInput(string Group, int Call, ImmutableArray<string> Orders, GroupSignal Signal);
