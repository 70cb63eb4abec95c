using System.Collections.Immutable;
using OrderApp.Domain;
using OrderApp.Earlier;
using OrderApp.Groups;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;
using Item = OrderInventory.ServiceDefaults.Rounds.RoundItem<OrderApp.Intake.IntakeRequest, OrderApp.Domain.OrderOutcome>;

namespace OrderApp.Intake;

/// <summary>
/// A round of the intake: read the documents together, decide each request, save what changed together, start one group
/// for all that has to be driven, answer. Nothing is answered before it is durable, and no document is stored that nobody
/// will look at: the agenda knows the group before the documents do.
/// </summary>
internal sealed class IntakeRound(
    OrderStore orders,
    EarlierClaims earlier,
    UserOrders userOrders,
    RecentOrders recent,
    IntakeRules rules,
    OrderAgenda agenda,
    IGroupEngine engine,
    GroupFollower groups,
    UndrivenOrders undriven,
    OrderNews news,
    Backoff backoff,
    Telemetry telemetry,
    TimeProvider time,
    ILogger<IntakeRound> logger)
{
    /// <summary>
    /// Runs the round. What an item gets is durable; an item that could not be decided fails, and no other with it. Returned is
    /// what the lane waits for before its next round: that its group is on its way no more, so that the next one has time to grow.
    /// </summary>
    public async Task<Task> RunAsync(IReadOnlyList<Item> items)
    {
        var group = Guid.CreateVersion7(time.GetUtcNow()).ToString();
        using var span = telemetry.RoundStarted(group, items.Count);
        // While the documents are read.
        var noted = agenda.AddGroupAsync(group, [.. items.Select(item => item.Key).Distinct()], CancellationToken.None);
        var saved = new HashSet<string>();
        IReadOnlyCollection<Decided> decided;
        Order[] driven = [];
        var following = Task.CompletedTask;
        try
        {
            decided = await SettleAsync(items, group, noted, saved);
            driven = [.. decided.Where(known => known.Order?.Group == group).Select(known => known.Order!)];
            if (driven.Length > 0) following = await StartAsync(group, [.. driven.Select(order => order.Id)]);
        }
        finally
        {
            undriven.RoundIsOver(group, saved, [.. driven.Select(order => order.Id)]);
        }

        foreach (var order in driven) await news.TellAsync(order, GroupCall.Of(group, 0));
        foreach (var known in decided)
            foreach (var (item, outcome) in known.Outcomes) item.Done(outcome);
        return following;
    }

    /// <summary>Decides and saves until every item that can be decided is; the others have failed then. <paramref name="saved"/> gets the orders that may be stored.</summary>
    private async Task<IReadOnlyCollection<Decided>> SettleAsync(IReadOnlyList<Item> items, string group, Task noted, HashSet<string> saved)
    {
        var decided = new Dictionary<string, Decided>();
        var list = recent.AnyList();
        var listed = new Dictionary<string, (DateTimeOffset Created, Task Added)>();
        for (var attempt = 1; ; attempt++)
        {
            var open = items.Where(item => !item.IsDone && !decided.ContainsKey(item.Key)).GroupBy(item => item.Key).ToArray();
            var (stored, elsewhere) = await ReadAsync(open);
            var saves = new List<(Decided Decided, string? ETag)>();
            foreach (var asked in open)
            {
                var (reading, order, etag) = stored[asked.Key];
                if (reading == OrderReading.Unreadable) continue;
                if (reading == OrderReading.Damaged)
                {
                    // No reason to ask again soon, and none to hold up others.
                    decided[asked.Key] = new Decided(asked.Key, null, [.. asked.Select(item => (item, (OrderOutcome)new OrderOutcome.Damaged()))]);
                    continue;
                }

                var known = await DecideAsync(order, asked, group, elsewhere.GetValueOrDefault(asked.Key).OrderId);
                if (order is null && known.Order is { } created) known = known with { Order = created with { RecentList = list } };
                // An order is accepted when it is stored and in both lists, in which order ever.
                if (known.Order is { Status: OrderStatus.Pending } pending && (pending.Group != order?.Group || asked.Any(item => item.Item is IntakeRequest.Place or IntakeRequest.Resume)) && listed.GetValueOrDefault(known.OrderId).Created != pending.CreatedTime)
                    listed[known.OrderId] = (pending.CreatedTime, ListAsync(pending, order));
                if (ReferenceEquals(known.Order, order)) decided[asked.Key] = known;
                else saves.Add((known, etag));
            }

            if (saves.Count > 0)
            {
                await noted;
                saved.UnionWith(saves.Select(save => save.Decided.OrderId));
                if (await orders.SaveManyAsync(saves.Select(save => (save.Decided.Order!, save.ETag)), CancellationToken.None))
                    foreach (var (known, _) in saves) decided[known.OrderId] = known;
            }

            await FailUnlistedAsync(decided, listed);
            if (items.All(item => item.IsDone || decided.ContainsKey(item.Key))) return decided.Values;
            if (attempt == Backoff.MaxAttempts)
            {
                Fail(items.Where(item => !item.IsDone && !decided.ContainsKey(item.Key)), new DependencyUnavailableException("An order could not be stored."));
                return decided.Values;
            }

            // Lost race, outage, or applied in spite of the error: the next read tells them apart.
            await backoff.AfterAsync(attempt, "Orders could not be stored.", CancellationToken.None);
        }
    }

    /// <summary>The documents, and for those to be placed the ids that their keys stand for since an earlier version. What is not known of a key is not known of its order.</summary>
    private async Task<(Dictionary<string, StoredOrder> Stored, IReadOnlyDictionary<string, (OrderReading Reading, Guid? OrderId)> Elsewhere)> ReadAsync(IReadOnlyCollection<IGrouping<string, Item>> open)
    {
        var keys = open.SelectMany(asked => asked.Select(item => item.Item).OfType<IntakeRequest.Place>().Where(place => !place.IsClaimed).Take(1).Select(place => (asked.Key, place.Placed.UserId, place.IdempotencyKey))).ToArray();
        var claims = earlier.FindManyAsync(keys, CancellationToken.None);
        var stored = (await orders.ReadManyAsync([.. open.Select(asked => asked.Key)], CancellationToken.None)).ToDictionary();
        var elsewhere = await claims;
        foreach (var (id, claim) in elsewhere)
            if (stored[id].Reading == OrderReading.Missing && claim.Reading is OrderReading.Unreadable or OrderReading.Damaged) stored[id] = new StoredOrder(claim.Reading, null, null);
        return (stored, elsewhere);
    }

    private async Task<Decided> DecideAsync(Order? order, IGrouping<string, Item> asked, string group, Guid? elsewhere)
    {
        if (order is not null && order.Group != group && (undriven.Has(order) || await IsLostAsync(order, asked)))
            order = OrderRules.TakeOver(order, group, isLost: true);
        var outcomes = new List<(Item, OrderOutcome)>();
        foreach (var item in asked)
        {
            (order, var outcome) = order is null && elsewhere is { } id && item.Item is IntakeRequest.Place { IsClaimed: false }
                ? (null, new OrderOutcome.Elsewhere(id))
                : rules.Decide(order, item.Item, isFirst: outcomes.Count == 0, group, time.GetUtcNow());
            outcomes.Add((item, outcome));
        }

        return new Decided(asked.Key, order, outcomes);
    }

    /// <summary>True when nobody drives the order although somebody should: whoever places it again need not wait for the agenda.</summary>
    private async Task<bool> IsLostAsync(Order order, IEnumerable<Item> asked) =>
        order.Status == OrderStatus.Pending
        && asked.Any(item => item.Item is IntakeRequest.Place)
        && time.GetUtcNow() - order.Step!.Since > OrderAgenda.Young
        && await engine.StateAsync(order.Group ?? EarlierOrders.WorkflowOf(order), CancellationToken.None) is GroupState.Missing or GroupState.Broken or GroupState.Completed;

    /// <summary>In the list of its user at each request, because an earlier one may have failed there. In that of everybody when a group takes it on: after a failure another one will.</summary>
    private Task ListAsync(Order pending, Order? stored) =>
        ReferenceEquals(pending, stored) ? userOrders.AddAsync(pending) : Task.WhenAll(userOrders.AddAsync(pending), recent.AddAsync(pending, isNew: stored is null));

    /// <summary>What is not in its lists is not accepted; the agenda finds it and lists it then.</summary>
    private static async Task FailUnlistedAsync(Dictionary<string, Decided> decided, Dictionary<string, (DateTimeOffset Created, Task Added)> listed)
    {
        foreach (var (id, (_, added)) in listed)
        {
            if (!decided.TryGetValue(id, out var known)) continue;
            try
            {
                await added;
            }
            catch (DependencyUnavailableException error)
            {
                decided.Remove(id);
                Fail(known.Outcomes.Select(outcome => outcome.Item), error);
            }
        }
    }

    private async Task<Task> StartAsync(string group, ImmutableArray<string> driven)
    {
        var following = groups.Follow(group, driven);
        try
        {
            await engine.StartAsync(group, driven, CancellationToken.None);
            return following;
        }
        catch (DependencyUnavailableException error)
        {
            // The documents and the agenda are durable: the orders are accepted. If it cannot be started later either, the agenda starts another group for them.
            telemetry.NotStarted();
            Log.GroupNotStarted(logger, group, driven.Length, error);
            groups.StartLater(group, driven);
            return Task.CompletedTask;
        }
    }

    private static void Fail(IEnumerable<Item> items, Exception error)
    {
        foreach (var item in items) item.Fail(error);
    }

    /// <summary>What was decided about an order, for each item that asked.</summary>
    private sealed record Decided(string OrderId, Order? Order, IReadOnlyList<(Item Item, OrderOutcome Outcome)> Outcomes);
}
