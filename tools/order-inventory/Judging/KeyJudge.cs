namespace OrderInventory.Judging;

/// <summary>An order by the key it was placed with.</summary>
internal sealed record KeyedOrder(string UserId, string Key, string OrderId, DateTimeOffset CreatedTime);

/// <summary>What a client was told when it placed an order.</summary>
/// <param name="UserId">Its user.</param>
/// <param name="Key">The idempotency key it gave.</param>
/// <param name="OrderId">The order in the answer.</param>
/// <param name="IsNew">False for a replay of an earlier answer.</param>
internal sealed record ToldOrder(string UserId, string Key, string OrderId, bool IsNew);

/// <summary>I3: one key, at most one order, for as long as keys are remembered.</summary>
internal static class KeyJudge
{
    /// <summary>What is wrong with orders of the same user and key, which is remembered for <paramref name="remembered"/>.</summary>
    public static IEnumerable<Finding> Judge(IReadOnlyCollection<KeyedOrder> orders, TimeSpan remembered)
    {
        var sorted = orders.OrderBy(order => order.CreatedTime).ToArray();
        if (sorted.Length > 1 && sorted.Zip(sorted.Skip(1)).Any(pair => pair.Second.CreatedTime - pair.First.CreatedTime < remembered))
            yield return new Finding("I3", [sorted[0].UserId, sorted[0].Key, .. sorted.Select(order => order.OrderId)], $"{sorted[0].Key} of {sorted[0].UserId} has {sorted.Length} orders", $"orders {sorted[0].UserId} {sorted[0].Key}");
    }

    /// <summary>What is wrong when the key of a young <paramref name="order"/> stands for <paramref name="found"/>; null for no order.</summary>
    public static Finding? Lookup(OrderDocument order, string? found) => found == order.Id
        ? null
        : new Finding("I3", [order.UserId, order.IdempotencyKey, order.Id, .. found is null ? (string[])[] : [found]], $"{order.Id} was placed with {order.IdempotencyKey} of {order.UserId}, which stands for {found ?? "no order"}", $"lookup {order.Id}");

    /// <summary>What is wrong with what the clients of one user and key were told. <paramref name="exists"/>: whether there is an order with this id.</summary>
    public static IEnumerable<Finding> Told(IReadOnlyCollection<ToldOrder> answers, Func<string, bool> exists)
    {
        var first = answers.First();
        var ids = answers.Select(answer => answer.OrderId).Distinct().ToArray();
        foreach (var id in ids.Where(id => !exists(id))) yield return Of("I5", [id], $"{first.UserId} was told of the order {id}, which is not stored");
        if (ids.Length > 1) yield return Of("I3", ids, $"{first.UserId} was told of {ids.Length} orders for {first.Key}");
        if (answers.Count(answer => answer.IsNew) > 1) yield return Of("I3", ids, $"{first.UserId} was told twice that the order of {first.Key} is new");

        Finding Of(string invariant, IEnumerable<string> about, string sentence) => new(invariant, [first.UserId, first.Key, .. about], sentence, sentence);
    }
}
