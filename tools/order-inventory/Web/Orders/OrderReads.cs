namespace OrderInventory.Web.Orders;

/// <summary>A line as <c>GET /api/orders/{id}</c> shows it.</summary>
public sealed record ShownLine(int Line, string ProductId, long Quantity, decimal Amount);

/// <summary>A command that inventory refused.</summary>
public sealed record ShownRefusal(string Command, int Line, string Code, DateTimeOffset Time);

/// <summary>A payment that was named.</summary>
public sealed record ShownPayment(string PaymentId, decimal? Amount, DateTimeOffset Time, bool Late);

/// <summary>An order as <c>GET /api/orders/{id}</c> shows it.</summary>
public sealed record ShownOrder(
    string Id,
    string OrderNo,
    string UserId,
    string Status,
    string? StatusReason,
    string IdempotencyKey,
    decimal Amount,
    string? Remark,
    DateTimeOffset CreatedTime,
    DateTimeOffset UpdatedTime,
    DateTimeOffset? Deadline,
    IReadOnlyList<ShownLine> Lines,
    ShownRefusal? Refusal,
    IReadOnlyList<ShownPayment>? Payments,
    int Version);

/// <summary>A line that an order waits for.</summary>
public sealed record SagaLine(int Line, string Operation, bool? Success, string? Code);

/// <summary>What an order waits for.</summary>
public sealed record SagaStep(string Command, string? Reason, DateTimeOffset Since, string By, IReadOnlyList<SagaLine> Lines);

/// <summary>A command with its key.</summary>
public sealed record SagaCommand(string Command, string? IdempotencyKey);

/// <summary>A transition and what stored it.</summary>
public sealed record SagaTransition(int Sequence, string EventId, string NewStatus, string? Reason, DateTimeOffset Time, string? By);

/// <summary>How often the agenda looked after an order.</summary>
public sealed record SagaStuck(DateTimeOffset Since, int Attempts, DateTimeOffset? LastAttempt, string? WaitsFor);

/// <summary>A workflow as the workflow API of a sidecar shows it.</summary>
/// <param name="RuntimeStatus">As RUNNING or COMPLETED.</param>
/// <param name="CreatedAt">When it was started, UTC.</param>
/// <param name="LastUpdatedAt">When it last went on, UTC.</param>
public sealed record EngineState(string RuntimeStatus, DateTimeOffset CreatedAt, DateTimeOffset LastUpdatedAt);

/// <summary>How an order was driven, as <c>GET /api/orders/{id}/saga</c> tells it.</summary>
public sealed record Saga(
    string? Fingerprint,
    string? TraceParent,
    string? Group,
    SagaStep? Step,
    IReadOnlyList<SagaCommand> Waiting,
    IReadOnlyList<SagaCommand> Commands,
    IReadOnlyList<SagaTransition> Transitions,
    SagaStuck? Stuck);

/// <summary>A request or message that came more than once, or failed, as <c>GET /api/repeats/{id}</c> shows it.</summary>
public sealed record SeenRepeat(string What, string? Id, string Kind, int Times, DateTimeOffset First, DateTimeOffset Last, DateTimeOffset? Done);

/// <summary>What a process remembers of them.</summary>
public sealed record SeenRepeats(DateTimeOffset Since, IReadOnlyList<SeenRepeat> Repeats, int Earlier);

/// <summary>The same, with the app whose process it is.</summary>
public sealed record RepeatsOfApp(string App, SeenRepeats Seen);
