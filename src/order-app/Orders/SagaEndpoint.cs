using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using OrderApp.Agenda;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Description;
using OrderInventory.ServiceDefaults.Http;

namespace OrderApp.Orders;

/// <summary>A line that an order waits for.</summary>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="Operation">The stock operation and the message that asks for it: <c>{orderId}:{line}:deduct</c>.</param>
/// <param name="Success">What inventory answered; null while it has not.</param>
/// <param name="Code">The outcome it answered, as HELD or OUT_OF_STOCK; null while it has not.</param>
public sealed record SagaLineView(int Line, string Operation, bool? Success, string? Code);

/// <summary>What an order waits for.</summary>
/// <param name="Command">What it carries out: CONFIRM, CANCEL, SHIP or REFUND.</param>
/// <param name="Reason">Becomes the reason of the transition; null for none.</param>
/// <param name="Since">Since when, UTC.</param>
/// <param name="By">The call that asked inventory: <c>{group}#{call}</c>.</param>
/// <param name="Lines">The lines that it is about.</param>
public sealed record SagaStepView([property: AllowedValues("CONFIRM", "CANCEL", "SHIP", "REFUND")] string Command, string? Reason, DateTimeOffset Since, string By, IReadOnlyList<SagaLineView> Lines);

/// <summary>A command with the key that a client gave with it.</summary>
/// <param name="Command">The command.</param>
/// <param name="IdempotencyKey">The key; null for a command that waits and had none.</param>
public sealed record SagaCommandView(string Command, string? IdempotencyKey);

/// <summary>A transition and what stored it.</summary>
/// <param name="Sequence">1, 2, 3, … without a gap.</param>
/// <param name="EventId">Id of its events on <c>order-events</c> and <c>order-status-changes</c>.</param>
/// <param name="NewStatus">Status after.</param>
/// <param name="Reason">Code of the cause; null when there is nothing to explain.</param>
/// <param name="Time">When it was recorded, UTC.</param>
/// <param name="By">The call that stored it and publishes its events, <c>{group}#{call}</c>; null in what a version before groups wrote.</param>
public sealed record SagaTransitionView(int Sequence, string EventId, OrderStatus NewStatus, string? Reason, DateTimeOffset Time, string? By);

/// <summary>How an order was driven through its statuses, as its document has it.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Fingerprint">SHA-256 of the request that placed it, as hex: the same key with another one is refused. Null in what a version before groups wrote.</param>
/// <param name="TraceParent">W3C trace context of that request; null when it had none.</param>
/// <param name="Group">The workflow that drives it, at rest the last one; null when only a version before groups has driven it.</param>
/// <param name="Step">What it waits for; null when it rests.</param>
/// <param name="Waiting">Accepted commands that wait for the step.</param>
/// <param name="Commands">Accepted commands that had a key.</param>
/// <param name="Transitions">Its transitions, oldest first.</param>
/// <param name="Stuck">How often the agenda looked after it; null while it did so at most twice.</param>
public sealed record SagaView(
    Guid OrderId,
    string? Fingerprint,
    string? TraceParent,
    string? Group,
    SagaStepView? Step,
    IReadOnlyList<SagaCommandView> Waiting,
    IReadOnlyList<SagaCommandView> Commands,
    IReadOnlyList<SagaTransitionView> Transitions,
    StuckOrderView? Stuck)
{
    internal static SagaView Of(Order order, StuckOrderView? stuck) => new(
        Guid.Parse(order.Id),
        order.Fingerprint,
        order.TraceParent,
        order.Group,
        order.Step is { } step ? StepOf(order.Id, step) : null,
        [.. order.Requests.Select(request => new SagaCommandView(Word(request.Command), null))],
        [.. order.CommandKeys.Select(key => new SagaCommandView(Word(key.Command), key.Key))],
        [.. order.History.Select(change => new SagaTransitionView(change.Sequence, EventIds.Transition(order.Id, change.Sequence), change.NewStatus, change.Reason, change.Time, change.By))],
        stuck);

    private static SagaStepView StepOf(string orderId, OrderStep step)
    {
        return new SagaStepView(
            Word(step.Command),
            step.Reason,
            step.Since,
            step.By,
            [.. step.Lines.Select(line => Line(line, step.Answers.LastOrDefault(answer => answer.Line == line)))]);

        SagaLineView Line(int line, LineAnswer? answer) => new(line, EventIds.Operation(orderId, line, step.Operation), answer?.Success, answer?.Code);
    }

    private static string Word(OrderCommand command) => command.ToString().ToUpperInvariant();
}

/// <summary>What operators may see of how an order was driven.</summary>
internal static class SagaEndpoint
{
    public static void MapSagaEndpoint(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/api/orders/{id}").MapGet("saga", GetAsync).WithTags("Operations").Allow(AccessRule.Operator).RequireRateLimiting(Shedding.Policy)
            .WithName("GetSaga").WithSummary("How an order was driven").WithDescription("What it waits for and since when, its workflow, and which call of it stored each transition. For operators.")
            .With(OrderDocument.Id(OrderDocument.ExampleOrder))
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<ApiResponse<SagaView>>, ProblemHttpResult>> GetAsync(string id, OrderReader orders, AgendaPages pages, CancellationToken cancellationToken)
    {
        if (await orders.FindAsync(id, cancellationToken) is not { } order) return OrderEndpoints.NotFound(id);
        var (progress, _) = await pages.ReadProgressAsync(cancellationToken);
        var stuck = progress?.Stuck.FirstOrDefault(found => found.OrderId == order.Id);
        return TypedResults.Ok(new ApiResponse<SagaView>("OK", SagaView.Of(order, stuck is null ? null : StuckOrderView.Of(stuck))));
    }
}
