using Microsoft.Extensions.Options;
using OrderApp.Domain;
using OrderInventory.Contracts;

namespace OrderApp.Intake;

/// <summary>What a request does to an order, for the group that will drive what changed. Pure; see <see cref="OrderRules"/>.</summary>
internal sealed class IntakeRules(OrderRules rules, IOptions<OrderOptions> options)
{
    /// <summary>
    /// The order then, which is the same when nothing changed, and what to answer. Null in and out: there is no order.
    /// <paramref name="isFirst"/>: nothing in this round was asked of the order before.
    /// </summary>
    public (Order? Order, OrderOutcome Outcome) Decide(Order? order, IntakeRequest request, bool isFirst, string group, DateTimeOffset now) => request switch
    {
        IntakeRequest.Place place => Place(order, place, isFirst, group, now),
        _ when order is null => (null, new OrderOutcome.Unknown()),
        IntakeRequest.Give give when (give.OnlyUser ?? order.UserId) != order.UserId => (order, new OrderOutcome.Unknown()),
        IntakeRequest.Give { Request.Command: OrderCommand.Cancel } when IsUndecidedBesideEarlier(order) => (order, new OrderOutcome.Busy(order)),
        IntakeRequest.Give give => Give(order, give, isFirst, group, now),
        IntakeRequest.Overdue => Changed(order, rules.Overdue(order, group, now)),
        IntakeRequest.Resume resume => Changed(order, IsToResume(order, resume) ? OrderRules.TakeOver(order, group, resume.Retell) : order),
        _ => throw new ArgumentOutOfRangeException(nameof(request), request, "No rule for this request."),
    };

    // A workflow of the other version may confirm it meanwhile, without regard to a cancel that only this version knows.
    private bool IsUndecidedBesideEarlier(Order order) => options.Value.BesideEarlierVersion && order.Step is { Operation: StockOperationKind.Deduct };

    private static (Order?, OrderOutcome) Place(Order? order, IntakeRequest.Place place, bool isFirst, string group, DateTimeOffset now)
    {
        if (order is null)
        {
            var created = OrderRules.Place(place.OrderId, place.Placed, place.IdempotencyKey, group, now) with { TraceParent = place.TraceParent };
            return (created, new OrderOutcome.Created(created));
        }

        // What an unanswered save of this round stored is new to whoever asked first.
        if ((order.Fingerprint ?? EarlierFingerprint(order)) != Fingerprint.Of(place.Placed)) return (order, new OrderOutcome.KeyReused());
        return (order, isFirst && order.History[0].By == GroupCall.Of(group, 0) ? new OrderOutcome.Created(order) : new OrderOutcome.Replayed(order));
    }

    private (Order?, OrderOutcome) Give(Order order, IntakeRequest.Give give, bool isFirst, string group, DateTimeOffset now)
    {
        var (after, outcome) = rules.Command(order, give.Request, group, now, give.Key);
        if (!ReferenceEquals(after, order) || (isFirst && IsOf(order, GroupCall.Of(group, 0)))) return (after, outcome);
        return (after, outcome switch
        {
            OrderOutcome.Done done => done with { IsReplay = true },
            OrderOutcome.Accepted accepted => accepted with { IsReplay = true },
            _ => outcome,
        });
    }

    // What an unanswered save of this round stored is new to whoever asked first.
    private static bool IsOf(Order order, string call) => order.Step?.By == call || order.History[^1].By == call || order.Payments.Any(payment => payment.By == call);

    /// <summary>True when there is something to do: the order waits for that group, or the group may not have told what it stored.</summary>
    public static bool IsToResume(Order order, IntakeRequest.Resume resume) =>
        (order.Group == resume.Group && order.Step is not null)
        || (resume is { Retell: true, Group: { } lost } && (order.History.Any(change => GroupCall.IsOf(change.By, lost)) || order.Payments.Any(payment => GroupCall.IsOf(payment.By, lost)) || GroupCall.IsOf(order.RetoldBy, lost)));

    private static (Order?, OrderOutcome) Changed(Order before, Order after) => (after, ReferenceEquals(before, after) ? new OrderOutcome.Unchanged() : new OrderOutcome.Accepted(after));

    private static string EarlierFingerprint(Order order) => Fingerprint.Of(new PlacedOrder(order.UserId, order.Lines, order.Remark, order.PaymentDeadline));
}
