using System.Collections.Immutable;
using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrderInventory.Contracts;

namespace OrderApp.Domain;

/// <summary>One product of an order. Amount is the price of the whole line, kept exactly as it was given.</summary>
internal sealed record OrderLine(int Line, string ProductId, int Quantity, decimal Amount);

/// <summary>
/// One transition of an order, numbered 1, 2, 3, … without a gap; the first one has no old status. <paramref name="By"/> is
/// the call that stored it and has to publish it (<see cref="GroupCall"/>); null in what versions before groups wrote.
/// </summary>
internal sealed record StatusChange(int Sequence, OrderStatus? OldStatus, OrderStatus NewStatus, string? Reason, DateTimeOffset Time, string? By = null);

/// <summary>What inventory answered for a line.</summary>
internal sealed record LineAnswer(int Line, bool Success, string Code);

/// <summary>
/// What an order waits for: the command that it carries out, what inventory was asked for it, and the answers so far.
/// </summary>
/// <param name="Command">The transition that the step ends with.</param>
/// <param name="Operation">What inventory does for it.</param>
/// <param name="Lines">The lines that it is about; at least one.</param>
/// <param name="Reason">Becomes the reason of the transition; null for none.</param>
/// <param name="Since">When the step began.</param>
/// <param name="By">The call that has to publish the stock operations (<see cref="GroupCall"/>).</param>
internal sealed record OrderStep(OrderCommand Command, StockOperationKind Operation, ImmutableArray<int> Lines, string? Reason, DateTimeOffset Since, string By)
{
    /// <summary>One for each line that was answered, in the order in which the answers came.</summary>
    public ImmutableArray<LineAnswer> Answers { get; init; } = [];

    /// <summary>The lines that inventory has not answered for.</summary>
    [JsonIgnore]
    public ImmutableArray<int> Unanswered => [.. Lines.Where(line => !Answers.Any(answer => answer.Line == line))];
}

/// <summary>What a client asked of an order; stored when it has to wait for the step in hand.</summary>
/// <param name="Command">What to do.</param>
/// <param name="Reason">Becomes the reason of the transition; null for none.</param>
/// <param name="Payment">PAY: which payment it is; null when the client does not say.</param>
/// <param name="Restock">REFUND: what was shipped has come back and can be sold again.</param>
internal sealed record OrderRequest(OrderCommand Command, string? Reason, PaymentReport? Payment = null, bool Restock = false);

/// <summary>The idempotency key of a command that was accepted, and what the request said: with another content the key is refused.</summary>
internal sealed record CommandKey(OrderCommand Command, string Key, string? Reason, PaymentReport? Payment = null, bool Restock = false)
{
    /// <summary>The key of a request.</summary>
    public static CommandKey Of(OrderRequest request, string key) => new(request.Command, key, request.Reason, request.Payment, request.Restock);
}

/// <summary>A command that inventory refused; the order stays as it was.</summary>
internal sealed record OrderRefusal(OrderCommand Command, int Line, string Code, DateTimeOffset Time);

/// <summary>
/// The order document, which is the state of the saga: a workflow only drives it, and may be replaced at any time. Only
/// order-app writes it, and its status only along <see cref="OrderTransitions"/>; the history is the record of it.
/// </summary>
[ImmutableObject(true)]
internal sealed record Order
{
    /// <summary>UUID as text; see <see cref="OrderIds"/>.</summary>
    public required string Id { get; init; }
    public required string OrderNo { get; init; }
    public required string UserId { get; init; }
    public required ImmutableArray<OrderLine> Lines { get; init; }
    public required decimal Amount { get; init; }
    public string? Remark { get; init; }
    public required string IdempotencyKey { get; init; }

    /// <summary>Of the request that placed it; null in what versions before groups wrote.</summary>
    public string? Fingerprint { get; init; }
    public required OrderStatus Status { get; init; }

    /// <summary>Code of why the order is in its status; null when there is nothing to explain.</summary>
    public string? StatusReason { get; init; }
    public required ImmutableArray<StatusChange> History { get; init; }

    /// <summary>What the order waits for; null when it rests. A PENDING order always has one.</summary>
    public OrderStep? Step { get; init; }

    /// <summary>Accepted commands that wait for the step, at most <see cref="OrderRules.MaxRequests"/>.</summary>
    public ImmutableArray<OrderRequest> Requests { get; init; } = [];

    /// <summary>The keys that clients gave with commands; one for each accepted command that had one, so no more than transitions and <see cref="OrderRules.MaxRequests"/> allow.</summary>
    public ImmutableArray<CommandKey> CommandKeys { get; init; } = [];

    /// <summary>The payments that clients named: the one that paid the order, and late ones; at most <see cref="OrderRules.MaxPayments"/>.</summary>
    public ImmutableArray<Payment> Payments { get; init; } = [];

    /// <summary>How long it may stay CONFIRMED unpaid; null for the setting of then.</summary>
    public TimeSpan? PaymentDeadline { get; init; }

    /// <summary>The last command that inventory refused; null when it refused none since the last transition.</summary>
    public OrderRefusal? Refusal { get; init; }

    /// <summary>The group that drives the order, at rest the last one; null when only a version before groups has driven it.</summary>
    public string? Group { get; init; }

    /// <summary>The call that has to publish the whole history again, because what an earlier group has told is not known; null for none.</summary>
    public string? RetoldBy { get; init; }

    /// <summary>CONFIRMED: to be paid until then; DELIVERED: can be refunded until then; null when there is no deadline.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>W3C trace parent of the request that placed the order; null when it had none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Which of the lists of everybody's orders has it; null in what earlier versions wrote.</summary>
    public int? RecentList { get; init; }
    public required DateTimeOffset CreatedTime { get; init; }
    public required DateTimeOffset UpdatedTime { get; init; }

    /// <summary>The number of transitions.</summary>
    public required int Version { get; init; }

    /// <summary>Members that a newer version wrote; they are kept (design rule 11).</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>The numbers of all lines.</summary>
    [JsonIgnore]
    public ImmutableArray<int> LineNumbers => [.. Lines.Select(line => line.Line)];

    /// <summary>True when the order has been in <paramref name="status"/>, now or before.</summary>
    public bool HasBeen(OrderStatus status) => History.Any(change => change.NewStatus == status);
}

/// <summary>What a client ordered, normalized: lines of the same product are merged.</summary>
internal sealed record PlacedOrder(string UserId, ImmutableArray<OrderLine> Lines, string? Remark, TimeSpan? PaymentDeadline = null);
